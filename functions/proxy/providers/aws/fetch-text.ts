import { request } from 'undici';
import { GatewayError } from '../../../_shared/errors.ts';

const timeoutMs = 10_000;
/** Answers with credentials have some 2 KB. */
const limit = 64 * 1024;

interface Asked {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** A small answer of a service that gives credentials. Redirects are not followed. */
export async function fetchText({
  url,
  ...asked
}: Asked): Promise<{ status: number; text: string }> {
  const { host } = new URL(url);
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { statusCode, body } = await request(url, { ...asked, signal });
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of body) {
      pieces.push(piece);
      length += piece.length;
      if (length > limit) throw new Error(`its answer is over ${limit} bytes`);
    }
    return { status: statusCode, text: Buffer.concat(pieces).toString('utf8') };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new GatewayError(
      'upstream_unreachable',
      `No AWS credentials could be had of ${host}: ${code || message}.`,
      { cause: error },
    );
  }
}
