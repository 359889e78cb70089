import { Pool } from 'undici';
import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import type { Invoke } from '../method.ts';
import { revive, storeFrom } from '../methods.ts';
import type { Store } from '../store.ts';

/** The door's address on the proxy; the version changes when its calls do. */
export const storeDoorPath = '/internal/store/v1/';
/** Carries the error's code, which an HTTP status alone does not tell. */
export const errorHeader = 'x-tallygate-error';

const patienceMs = 35_000;
const answerLimit = 256 * 1024 * 1024;
const errorBody = z.object({
  error: z.object({ message: z.string(), param: z.string().nullish() }),
});

/** The store over HTTP, served by the proxy that holds the file. */
export function openRemoteStore({ url, bearer }: { url: string; bearer: string }): Store {
  const base = new URL(url);
  const pool = new Pool(base.origin, {
    connections: 16,
    connect: { timeout: 5000 },
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
    maxResponseSize: answerLimit,
  });
  const prefix = base.pathname.replace(/\/+$/, '') + storeDoorPath;

  const invoke: Invoke = async (name, args) => {
    const { status, code, text } = await post(prefix + name, JSON.stringify(args));
    if (status === 200) return parse(text);
    const body = errorBody.safeParse(parse(text));
    const { message, param } = body.data?.error ?? { message: `The store answered ${status}.` };
    if (code !== undefined) throw revive({ code, message, param });
    throw new GatewayError(status >= 500 ? 'unavailable' : 'internal', message);
  };

  async function post(path: string, body: string) {
    try {
      const {
        statusCode,
        headers,
        body: answer,
      } = await pool.request({
        method: 'POST',
        path,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body,
      });
      const code = headers[errorHeader]?.toString();
      return { status: statusCode, code, text: await answer.text() };
    } catch (cause) {
      const { code, message } = cause as { code?: string; message: string };
      throw new GatewayError(
        'unavailable',
        `The store at ${base.origin} cannot be reached: ${code || message}.`,
        { cause },
      );
    }
  }

  return storeFrom(invoke, () => pool.close());
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError('unavailable', `The store answered with no JSON: ${text.slice(0, 100)}`);
  }
}
