import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { SetupError } from './environment.ts';

/** The text of CONFIG_PATH. Throws a SetupError where there is none. */
export function readConfigText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SetupError(`Cannot read CONFIG_PATH ${path}: ${(cause as Error).message}`);
  }
}

/**
 * What `schema` knows of a config file, and all that the file gives. Throws a SetupError with
 * every fault, each with its place. `environment` is what `os.environ/NAME` looks into; a name
 * that is not set counts as absent.
 */
export function parseConfigText<Schema extends z.ZodType>(
  schema: Schema,
  source: string,
  environment: NodeJS.ProcessEnv,
  path: string,
): { config: z.infer<Schema>; given: unknown } {
  const document = parseDocument(source, { prettyErrors: true });
  if (document.errors.length > 0) {
    throw new SetupError(`${path} is not valid YAML:\n  - ${document.errors.join('\n  - ')}`);
  }
  const written: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const given = resolveEnvironment(written, environment);
  const parsed = schema.safeParse(given);
  if (parsed.success) return { config: parsed.data, given };
  const faults = parsed.error.issues.map(
    ({ path: place, message }) => `${place.join('.')}${variableAt(written, place)} ${message}`,
  );
  throw new SetupError(`${path} is not right:\n${faults.map((f) => `  - ${f}`).join('\n')}`);
}

const fromEnvironment = 'os.environ/';

/** LiteLLM's `os.environ/NAME`, anywhere a string stands. */
function resolveEnvironment(value: unknown, environment: NodeJS.ProcessEnv): unknown {
  if (typeof value === 'string' && value.startsWith(fromEnvironment)) {
    return environment[value.slice(fromEnvironment.length)] || undefined;
  }
  if (Array.isArray(value)) return value.map((item) => resolveEnvironment(item, environment));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, resolveEnvironment(item, environment)]),
    );
  }
  return value;
}

/** ` (from LLM_API_BASE)` where the file has a value from there: that is where to mend it. */
function variableAt(written: unknown, place: PropertyKey[]): string {
  const value = place.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    written,
  );
  const isNamed = typeof value === 'string' && value.startsWith(fromEnvironment);
  return isNamed ? ` (from ${value.slice(fromEnvironment.length)})` : '';
}
