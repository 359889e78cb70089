import { z } from 'zod';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { TimeRange } from '../../_shared/store/bounds.ts';
import type { Store } from '../../_shared/store/store.ts';
import {
  type UsagePoint,
  type UsageRank,
  type UsageStep,
  type UsageTotals,
  usageSteps,
} from '../../_shared/store/usage.ts';
import { assertForward, epochMs, filterFields, rangeFields, readQuery } from './read.ts';

const usageQuery = z.object({
  from: epochMs,
  to: epochMs,
  step: z.enum(usageSteps),
  tz: z.string().min(1).max(64).default('UTC'),
  ...filterFields,
});

const modelsQuery = z.object(rangeFields);

/** The most models that the table and the filter list. */
const mostModels = 100;

export interface UsageAnswer {
  range: TimeRange;
  totals: UsageTotals;
  /** The same span of time, just before. */
  previous: UsageTotals;
  step: UsageStep;
  /** Oldest first; spans without a call are left out. */
  points: UsagePoint[];
  models: UsageRank[];
}

export interface ModelsAnswer {
  models: string[];
}

/** What was used, from the rollups. */
export function usageRoutes({ usage }: Pick<Store, 'usage'>): Routes {
  return {
    async 'GET /ui/api/usage'(request, response) {
      const { from, to, step, tz, ...filter } = readQuery(request, usageQuery);
      assertForward({ from, to });
      const range = { from, to };
      const before = { from: Math.max(0, from - (to - from)), to: from };
      const [totals, previous, points, models] = await Promise.all([
        usage.totals({ range, filter }),
        usage.totals({ range: before, filter }),
        usage.series({ range, filter, step, time_zone: tz }),
        usage.rank({ range, filter, by: 'model', limit: mostModels }),
      ]);
      answerJson(response, 200, {
        range,
        totals,
        previous,
        step,
        points,
        models,
      } satisfies UsageAnswer);
    },

    async 'GET /ui/api/models'(request, response) {
      const range = readQuery(request, modelsQuery);
      assertForward(range);
      const ranked = await usage.rank({ range, filter: {}, by: 'model', limit: mostModels });
      const models = ranked.map(({ value }) => value).sort((a, b) => a.localeCompare(b));
      answerJson(response, 200, { models } satisfies ModelsAnswer);
    },
  };
}
