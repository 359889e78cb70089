import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import type { Routes } from '../../_shared/http/router.ts';
import {
  type ExportFormat,
  type ExportPage,
  type ExportQuery,
  exportFormats,
} from '../../_shared/store/request-logs.ts';
import type { Store } from '../../_shared/store/store.ts';
import { logFilterFields } from './filters.ts';
import { assertForward, rangeFields, readQuery } from './read.ts';

const exportFields = { ...rangeFields, ...logFilterFields, format: z.enum(exportFormats) };

/** As many as the store gives at once. */
const pageSize = 2000;
/** One export keeps a thread of the store busy; more at once would hold up those who look. */
const mostAtOnce = 2;
/** A client that takes nothing for so long has gone, or may as well have. */
const patienceMs = 60_000;

const contentTypes: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/x-ndjson; charset=utf-8',
};

/** Everything that matches, as a file; it is never whole in memory, neither here nor in the store. */
export function exportRoutes(
  { requestLogs }: Pick<Store, 'requestLogs'>,
  now: () => number,
): Routes {
  let running = 0;

  return {
    async 'GET /ui/api/request-logs/export'(request, response) {
      const { from, to, format, ...filter } = readQuery(request, exportFields);
      assertForward({ from, to });
      if (running >= mostAtOnce) {
        throw new GatewayError(
          'rate_limit',
          `${mostAtOnce} exports run already. Wait until one is done, or end it.`,
          { retryAfter: 10 },
        );
      }
      running++;
      try {
        // What is booked meanwhile is newer than this, and does not come in at the end of the file.
        const range = { from, to: Math.min(to, Math.max(now(), from + 1)) };
        const query = { range, filter, format, limit: pageSize };
        const first = await requestLogs.export(query);
        response.writeHead(200, {
          'content-type': contentTypes[format],
          'content-disposition': `attachment; filename="${fileName(now(), format)}"`,
          'cache-control': 'no-store',
        });
        await sendPages(response, first, (before) => requestLogs.export({ ...query, before }));
      } finally {
        running--;
      }
    },
  };
}

function fileName(at: number, format: ExportFormat): string {
  const time = new Date(at).toISOString().slice(0, 19).replaceAll(':', '-');
  return `tallygate-logs-${time}Z.${format}`;
}

/**
 * Sends page after page at the client's pace, while the store makes the next one. When the store
 * fails it rejects, and the connection is cut: a file that ends early must not look whole.
 */
async function sendPages(
  response: ServerResponse,
  first: ExportPage,
  read: (before: NonNullable<ExportQuery['before']>) => Promise<ExportPage>,
): Promise<void> {
  response.setTimeout(patienceMs, () => response.destroy());
  let page = first;
  while (!response.destroyed) {
    const upcoming = page.next === null ? null : read(page.next);
    // It may fail while the client is still taking the page before, or has left.
    upcoming?.catch(() => {});
    if (page.text !== '' && !response.write(page.text)) await drained(response);
    if (upcoming === null) {
      response.end();
      return;
    }
    page = await upcoming;
  }
}

/** Resolves when the client has taken what it was sent, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
