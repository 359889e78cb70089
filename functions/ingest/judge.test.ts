import { expect, test } from 'vitest';
import { signedRecord, startIngest } from './ingest.fixture.ts';

test('a burst of failures that nothing follows raises its alert, once', async () => {
  const ingest = await startIngest();
  const send = async (id: string) => {
    const { headers, body } = signedRecord(id, { status: 'failure' });
    return (await ingest.post(headers, body)).status;
  };
  // Alone it is too few to judge by, and the others come too soon after it.
  expect(await send('first')).toBe(202);
  const statuses = await Promise.all(['2', '3', '4', '5', '6', '7'].map(send));
  expect(statuses.sort()).toEqual([200, 202, 202, 202, 202, 202]);
  await ingest.stop();
});
