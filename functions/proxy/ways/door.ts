import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../_shared/errors.ts';
import type { Asked } from '../api.ts';
import type { Door, NativePath } from '../providers/adapter.ts';
import { hasGatewayParameters, withoutGatewayParameters } from '../providers/gateway-parameters.ts';
import { spliceModel } from '../providers/splice-model.ts';
import type { Target } from '../providers/target.ts';

/** What not every OpenAI-compatible provider has. */
const isRare = /^\/(responses|messages)\b/;

/** Where a target takes an API's requests in the API's own words; null where it does not. */
export function doorOf(
  { openai, adapter }: Target,
  path: string,
  clientHeaders: IncomingHttpHeaders,
): Door | null {
  if (adapter) return adapter.native?.[path as NativePath]?.(clientHeaders) ?? null;
  const rare = isRare.exec(path)?.[0];
  if (rare !== undefined && !openai.speaks.has(rare)) return null;
  return { path: openai.pathOf(path), headers: openai.headers };
}

/** The same, or `invalid_request` that says what to do instead. */
export function needDoor(
  target: Target,
  path: string,
  asked: Asked,
  clientHeaders: IncomingHttpHeaders,
): Door {
  const door = doorOf(target, path, clientHeaders);
  if (door) return door;
  throw new GatewayError(
    'invalid_request',
    `The model '${asked.model}' is at ${target.provider}, which is not asked for ${path} here. ` +
      `Ask for a model at an OpenAI-compatible provider.`,
    { param: 'model', upstreamCode: 'unsupported_endpoint' },
  );
}

/** The client's body with the upstream's name for the model and nothing that is for the gateway. */
export function nativeBody(text: string, asked: Asked, model: string): string {
  const spliced = hasGatewayParameters(asked) ? null : spliceModel(text, model);
  return spliced ?? JSON.stringify({ ...withoutGatewayParameters(asked), model });
}
