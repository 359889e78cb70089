import { readFile } from 'node:fs/promises';
import { GatewayError } from '../../../_shared/errors.ts';

/** Each time anew: a cluster changes the token in place before it expires. */
export async function readTokenFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new GatewayError('upstream', `The token for AWS in ${path} cannot be read.`, { cause });
  }
}
