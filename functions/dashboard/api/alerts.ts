import { z } from 'zod';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { AlertRow } from '../../_shared/store/alerts.ts';
import type { Store } from '../../_shared/store/store.ts';
import { readQuery } from './read.ts';

const cursor = /^(\d{1,13})_(.{1,512})$/;

const alertFields = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z
    .string()
    .regex(cursor, 'must be the `next` of an earlier answer')
    .transform((text) => {
      const [, time = '', id = ''] = cursor.exec(text) ?? [];
      return { raised_at: Number(time), id };
    })
    .optional(),
};

export interface AlertsAnswer {
  /** Newest first. */
  alerts: AlertRow[];
  /** The `before` of the next older page; null at the end. */
  next: string | null;
}

/** What was raised before. */
export function alertRoutes({ alerts }: Pick<Store, 'alerts'>): Routes {
  return {
    async 'GET /ui/api/alerts'(request, response) {
      const { limit, before } = readQuery(request, alertFields);
      const rows = await alerts.list({ limit, before });
      const last = rows.at(-1);
      const next = last && rows.length === limit ? `${last.raised_at}_${last.id}` : null;
      answerJson(response, 200, { alerts: rows, next } satisfies AlertsAnswer);
    },
  };
}
