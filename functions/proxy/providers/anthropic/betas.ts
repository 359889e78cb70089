import type { Ask } from '../adapter.ts';

/** A client asks for what is in beta by a header, which LiteLLM passes on as well. */
export function withBetas(
  headers: Record<string, string>,
  { clientHeaders }: Pick<Ask, 'clientHeaders'>,
): Record<string, string> {
  const asked = clientHeaders['anthropic-beta'];
  if (asked === undefined) return headers;
  const betas = [headers['anthropic-beta'], asked].flat().filter((each) => each !== undefined);
  return { ...headers, 'anthropic-beta': betas.join(',') };
}
