/** Where a response is: a deployment keeps what it made, and no other can tell of it. */
export interface ResponsePlace {
  deploymentId: string;
  /** The name that the client asked for. */
  model: string;
  /** The upstream's own. */
  id: string;
}

const prefix = 'resp_';
const separator = '\n';

/** The id that a client gets. It says where the response is, so that no gateway has to remember. */
export function sealResponseId({ deploymentId, model, id }: ResponsePlace): string {
  return prefix + Buffer.from([deploymentId, model, id].join(separator)).toString('base64url');
}

/** Null for an id that is none of ours. */
export function openResponseId(sealed: string): ResponsePlace | null {
  if (!sealed.startsWith(prefix)) return null;
  const text = Buffer.from(sealed.slice(prefix.length), 'base64url').toString('utf8');
  const [deploymentId = '', model = '', id = '', ...more] = text.split(separator);
  const isOurs = deploymentId !== '' && model !== '' && /^[\w-]{1,256}$/.test(id);
  return isOurs && more.length === 0 ? { deploymentId, model, id } : null;
}
