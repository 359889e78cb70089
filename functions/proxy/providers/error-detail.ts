interface Detail {
  message: string;
  param?: string;
}

/**
 * FastAPI's and pydantic's list of faults, as Mistral, vLLM and others answer it: the first fault
 * in a sentence, with where it is. Null for anything else.
 */
export function readFaultList(given: unknown): Detail | null {
  const list = isObject(given) && Array.isArray(given.detail) ? given.detail : given;
  const [first] = Array.isArray(list) ? list : [];
  if (!isObject(first) || typeof first.msg !== 'string') return null;
  const place = Array.isArray(first.loc) ? first.loc.filter((part) => part !== 'body') : [];
  if (place.length === 0) return { message: first.msg };
  const param = place.join('.');
  return { message: `${param}: ${first.msg}`, param };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
