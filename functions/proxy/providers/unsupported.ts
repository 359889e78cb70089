import { GatewayError } from '../../_shared/errors.ts';
import type { Ask } from './adapter.ts';

/** Says that a provider can't do what a parameter asks for, or, with `drop_params`, nothing. */
export type Refuse = (param: string, why?: string) => void;

export function refuseFor(provider: string, { dropParams }: Ask): Refuse {
  return (param, why) => {
    if (dropParams) return;
    throw new GatewayError(
      'invalid_request',
      `${provider} does not support '${param}'${why ? ` ${why}` : ''}. Leave it out, or set drop_params to have it dropped.`,
      { param, upstreamCode: 'unsupported_parameter' },
    );
  };
}

/**
 * Refuses those of OpenAI's parameters that a provider has nothing for. A value that asks for
 * nothing (`n: 1`, `logprobs: false`, a penalty of 0) is no reason to refuse a call.
 */
export function refuseParameters(names: readonly string[], { chat }: Ask, refuse: Refuse): void {
  for (const name of names) {
    if (!asksForNothing(name, chat[name])) refuse(name);
  }
}

function asksForNothing(name: string, value: unknown): boolean {
  if (value == null || value === false || value === 0 || value === 'auto') return true;
  if (name === 'n') return value === 1;
  if (name === 'modalities') return JSON.stringify(value) === '["text"]';
  return typeof value === 'object' && Object.keys(value).length === 0;
}
