import type { Deployment } from '../../_shared/config/gateway-config.ts';
import type { Compatible } from './compatible.ts';
import { type Difference, differenceOf } from './difference.ts';
import type { Found } from './place.ts';

/** How OpenAI's API is called at a compatible provider. */
export interface OpenAiWire {
  /** From the origin's root: of `/chat/completions`, `/models` and their kin. */
  pathOf(path: string): string;
  headers: Record<string, string>;
  /** Which APIs of those that not all have. */
  speaks: ReadonlySet<string>;
  /** Null where bodies can go as they are. */
  difference: Difference | null;
}

/** Of each request to any provider, whatever its wire. */
export const commonHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'user-agent': 'tallygate',
};

export function openAiWire(row: Compatible, found: Found, deployment: Deployment): OpenAiWire {
  const { organization, extra_headers: extra } = deployment.params;
  return {
    pathOf: (path) => found.basePath + path,
    headers: {
      ...commonHeaders,
      ...(found.apiKey === null ? {} : { authorization: `Bearer ${found.apiKey}` }),
      ...(organization === undefined ? {} : { 'openai-organization': organization }),
      ...extra,
    },
    speaks: new Set(row.speaks),
    difference: differenceOf(row, deployment.params.drop_params ?? false),
  };
}
