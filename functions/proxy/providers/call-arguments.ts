import { GatewayError } from '../../_shared/errors.ts';
import { isObject, type Json } from './json.ts';

/** A tool call's arguments, for a provider that takes them as an object. `param` is where they are. */
export function parseCallArguments(given: unknown, param: string): Json {
  if (given == null || given === '') return {};
  try {
    const parsed: unknown = JSON.parse(String(given));
    if (isObject(parsed)) return parsed;
  } catch {
    // Told below, with where it is.
  }
  throw new GatewayError('invalid_request', `Invalid '${param}': expected a JSON object.`, {
    param,
  });
}
