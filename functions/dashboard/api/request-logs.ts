import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { RequestLogPage } from '../../_shared/store/request-logs.ts';
import type { Store } from '../../_shared/store/store.ts';
import { logFilterFields } from './filters.ts';
import { assertForward, rangeFields, readQuery } from './read.ts';

const listFields = {
  ...rangeFields,
  ...logFilterFields,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
};

export type RequestLogsAnswer = RequestLogPage;

/** The log of calls: a page of it, and one call whole. */
export function requestLogRoutes({ requestLogs }: Pick<Store, 'requestLogs'>): Routes {
  return {
    async 'GET /ui/api/request-logs'(request, response) {
      const { from, to, limit, before, ...filter } = readQuery(request, listFields);
      assertForward({ from, to });
      const page = await requestLogs.list({ range: { from, to }, filter, limit, before });
      answerJson(response, 200, page satisfies RequestLogsAnswer);
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
