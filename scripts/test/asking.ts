import { APIError } from 'openai';
import { vi } from 'vitest';
import type { Stack } from './stack.ts';

/** The call of an answer as it was booked, with its bodies. */
export async function bookedCall({ store }: Stack, { headers }: Response) {
  const id = headers.get('x-litellm-call-id') ?? '';
  return vi.waitFor(
    async () => {
      const call = await store.requestLogs.find(id);
      if (!call) throw new Error(`There is no row of ${id}.`);
      return call;
    },
    { timeout: 5000, interval: 20 },
  );
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** What a promise is rejected with. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<APIError> {
  const thrown = await Promise.resolve(promise).then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown instanceof APIError) return thrown;
  throw new Error(`It was to be an APIError: ${thrown}`);
}
