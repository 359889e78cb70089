import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { RequestLogCursor, RequestLogRow, Store } from '../../_shared/store/store.ts';
import { assertForward, epochMs, filterFields, rangeFields, readQuery } from './read.ts';

/** `<started_at>,<id>` of the last row seen. */
const cursor = z
  .string()
  .max(600)
  .transform((text, context): RequestLogCursor => {
    const comma = text.indexOf(',');
    const startedAt = epochMs.safeParse(text.slice(0, Math.max(comma, 0)) || undefined);
    const id = text.slice(comma + 1);
    if (comma > 0 && startedAt.success && id !== '') return { started_at: startedAt.data, id };
    context.addIssue({ code: 'custom', message: 'must be the `next` of an earlier answer' });
    return z.NEVER;
  });

const listQuery = z.object({
  ...rangeFields,
  ...filterFields,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: cursor.optional(),
});

export interface RequestLogsAnswer {
  rows: RequestLogRow[];
  /** The `before` of the next older page; null at the end. */
  next: string | null;
}

/** The log of calls: a page of it, and one call whole. */
export function requestLogRoutes({ requestLogs }: Pick<Store, 'requestLogs'>): Routes {
  return {
    async 'GET /ui/api/request-logs'(request, response) {
      const { from, to, limit, before, ...filter } = readQuery(request, listQuery);
      assertForward({ from, to });
      const page = await requestLogs.list({ range: { from, to }, filter, limit, before });
      answerJson(response, 200, {
        rows: page.rows,
        next: page.next && `${page.next.started_at},${page.next.id}`,
      } satisfies RequestLogsAnswer);
    },

    async 'GET /ui/api/request-logs/:id'(_request, response, { id = '' }) {
      const found = await requestLogs.find(id);
      if (!found) {
        throw new GatewayError(
          'not_found',
          'There is no call with this id. A call is booked a moment after its answer.',
        );
      }
      answerJson(response, 200, found);
    },
  };
}
