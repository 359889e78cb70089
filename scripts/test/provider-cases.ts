import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tokens } from '../../functions/_shared/units.ts';

/** A recorded exchange with a provider: what a client asks, what of it the provider is asked. */
export interface ProviderCase {
  provider: string;
  name: string;
  /** `litellm_params` beside the key and the URL, which are the test's. */
  params: { model: string; [name: string]: unknown };
  /** What the client sends along. */
  headers?: Record<string, string>;
  request: { stream?: boolean; [name: string]: unknown };
  /** What the provider is asked, to the last member; the path is below `api_base`. Absent: nothing. */
  asks?: { path: string; headers: Record<string, string>; body: unknown };
  /** A body, or the name of a file beside the case with the bytes of one. */
  answers?: {
    status: number;
    headers?: Record<string, string>;
    body?: unknown;
    file?: string;
  };
  gives?: {
    message: Record<string, unknown>;
    finish_reason: string;
    /** As the books have them, where there are several. */
    choices?: Record<string, unknown>[];
    usage?: Record<string, unknown>;
    /** As the books have them; kinds that are not named are 0. */
    tokens: Partial<Tokens>;
  };
  fails?: {
    status?: number;
    retryAfter?: string;
    error: Record<string, unknown>;
    /** The text that has come when a stream fails. */
    after?: string;
  };
}

const folder = fileURLToPath(new URL('../../functions/proxy/providers/fixtures', import.meta.url));

export const providersWithCases = readdirSync(folder);

export const providerCases: ProviderCase[] = providersWithCases.flatMap((provider) =>
  readdirSync(join(folder, provider))
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      provider,
      name: file.slice(0, -'.json'.length),
      ...JSON.parse(readFileSync(join(folder, provider, file), 'utf8')),
    })),
);

export function answerBytes({ provider, answers }: ProviderCase): Buffer {
  if (answers?.file === undefined) return Buffer.from(JSON.stringify(answers?.body ?? null));
  return readFileSync(join(folder, provider, answers.file));
}
