import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type ReadRequest, readBody } from './body.ts';

function readAlready(rawBody: Buffer): ReadRequest {
  return Object.assign(new IncomingMessage(new Socket()), { rawBody });
}

test('a body that is read already is kept to the limit of whoever asks for it', async () => {
  const request = readAlready(Buffer.alloc(10));
  expect(await readBody(request, 10)).toHaveLength(10);
  await expect(readBody(request, 9)).rejects.toMatchObject({ code: 'request_too_large' });
});
