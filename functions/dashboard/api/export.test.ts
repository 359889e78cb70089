import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExportQuery, RequestLogs } from '../../_shared/store/request-logs.ts';
import { bookCalls, type Running, startDashboard } from '../dashboard.fixture.ts';

const count = 25;
const patience = { timeout: 20_000 };

let dashboard: Running;
beforeAll(async () => {
  dashboard = await startDashboard();
  const at = dashboard.clock.now - 60_000;
  await bookCalls(
    dashboard,
    Array.from({ length: count }, (_, index) => ({
      started_at: at + index,
      model: index % 5 === 0 ? 'a, "b"' : 'm',
      cost_nanos: index,
    })),
  );
  await dashboard.signIn();
});
afterAll(() => dashboard.stop());

const exported = (query: string, from = dashboard) =>
  from.ask(`/ui/api/request-logs/export?${query}`);

/** The same books, given out a few rows at a time, with `meddle` before each. */
async function withPages(meddle: ((query: ExportQuery) => Promise<void>) | null): Promise<Running> {
  const { requestLogs } = dashboard.store;
  const inPages: RequestLogs['export'] = async (query) => {
    await meddle?.(query);
    return requestLogs.export({ ...query, limit: 10 });
  };
  const other = await startDashboard({
    store: {
      ...dashboard.store,
      requestLogs: { ...requestLogs, export: inPages },
      close: async () => {},
    },
  });
  await other.signIn();
  return other;
}

describe('an export', () => {
  test('as CSV is a file with a header and a line for each call that matches', async () => {
    const answer = await exported('format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="tallygate-logs-[\dT-]+Z\.csv"$/,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const lines = (await answer.text()).trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + count);
    expect(lines[0]).toMatch(/^id,started_at,status,/);
    expect(lines[1]).toContain('call-24');
    const narrowed = await (await exported('format=csv&model=a,%20%22b%22')).text();
    expect(narrowed.trimEnd().split('\r\n')).toHaveLength(1 + 5);
  });

  test('as JSON Lines has a whole row on each', async () => {
    const answer = await exported('format=jsonl&min_cost_nanos=23');
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    const rows = (await answer.text()).trimEnd().split('\n');
    expect(rows.map((row) => JSON.parse(row).id)).toEqual(['call-24', 'call-23']);
  });

  test('of many pages has each row once, newest first', async () => {
    const paged = await withPages(null);
    try {
      const rows = (await (await exported('format=jsonl', paged)).text()).trimEnd().split('\n');
      const ids = rows.map((row) => JSON.parse(row).id);
      expect(ids).toEqual(Array.from({ length: count }, (_, index) => `call-${24 - index}`));
    } finally {
      await paged.stop();
    }
  });

  test('of nothing is an empty file, not an error', async () => {
    const answer = await exported('format=jsonl&model=none');
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  test.each([
    ['format=xml', 'format'],
    ['', 'format'],
    ['format=csv&limit=5', 'limit'],
    ['format=csv&from=2&to=1', 'from'],
  ])('with %s is a bad request', async (query, param) => {
    const answer = await exported(query);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param } });
  });
});

describe('an export that cannot go on', () => {
  const fail = async () => {
    throw new Error('the disk is gone');
  };

  test('is an error while there is still a head to say it in', async () => {
    const broken = await withPages(fail);
    try {
      const answer = await exported('format=csv', broken);
      expect(answer.status).toBe(500);
      expect(answer.headers.get('content-disposition')).toBeNull();
    } finally {
      await broken.stop();
    }
  });

  test('later is cut, so that the file does not look whole', async () => {
    const begun = Promise.withResolvers<void>();
    const broken = await withPages(async ({ before }) => {
      if (before === undefined) return;
      await begun.promise;
      await fail();
    });
    try {
      const answer = await exported('format=csv', broken);
      expect(answer.status).toBe(200);
      begun.resolve();
      await expect(answer.text()).rejects.toThrow();
    } finally {
      await broken.stop();
    }
  });

  test('as its client has left reads no further, and makes room for another', async () => {
    let reads = 0;
    const left = Promise.withResolvers<void>();
    const slow = await withPages(async ({ filter }) => {
      if (filter.model !== undefined) return;
      reads++;
      // The second page is asked for as the first is sent, and comes when nobody wants it.
      if (reads === 2) await left.promise;
    });
    try {
      const cookie = (await slow.signIn()).headers.get('set-cookie')?.split(';')[0] ?? '';
      const client = request(`${slow.url}/ui/api/request-logs/export?format=csv`, {
        headers: { cookie },
      });
      client.on('error', () => {});
      client.on('response', (response) => response.once('data', () => client.destroy()));
      client.end();
      await new Promise((resolve) => client.once('close', resolve));
      await expect.poll(() => reads, patience).toBe(2);
      left.resolve();
      // Two may run at once: while the first one is still there, one of these is refused.
      const two = ['format=csv&model=m', 'format=jsonl&model=m'];
      await expect
        .poll(async () => {
          const answers = await Promise.all(two.map((query) => exported(query, slow)));
          await Promise.all(answers.map((answer) => answer.text()));
          return answers.map(({ status }) => status);
        }, patience)
        .toEqual([200, 200]);
      expect(reads).toBe(2);
    } finally {
      await slow.stop();
    }
  });

  test('beside two others is told to wait', async () => {
    const open = Promise.withResolvers<void>();
    let waiting = 0;
    const slow = await withPages(async () => {
      waiting++;
      await open.promise;
    });
    try {
      const running = [exported('format=csv', slow), exported('format=csv', slow)];
      await expect.poll(() => waiting, patience).toBe(2);
      const refused = await exported('format=csv', slow);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe('10');
      open.resolve();
      for (const answer of await Promise.all(running)) {
        expect((await answer.text()).trimEnd().split('\r\n')).toHaveLength(1 + count);
      }
    } finally {
      open.resolve();
      await slow.stop();
    }
  });
});
