import { z } from 'zod';
import { answerJson } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { TimeRange } from '../../_shared/store/bounds.ts';
import type { Store } from '../../_shared/store/store.ts';
import {
  type UsageDimension,
  type UsagePoint,
  type UsageRank,
  type UsageStep,
  type UsageTotals,
  usageDimensions,
  usageSteps,
} from '../../_shared/store/usage.ts';
import { callFilterFields } from './filters.ts';
import { assertForward, epochMs, rangeFields, readQuery } from './read.ts';

/** The most values of a dimension that a table and a menu list. */
const mostValues = 100;
/** The most that a chart can tell apart. */
const mostSeries = 5;

const by = z.enum(usageDimensions).default('model');
const seriesFields = {
  from: epochMs,
  to: epochMs,
  step: z.enum(usageSteps),
  tz: z.string().min(1).max(64).default('UTC'),
  by,
  ...callFilterFields,
};
const usageFields = {
  ...seriesFields,
  top: z.coerce.number().int().min(1).max(mostValues).default(mostValues),
};
const breakdownFields = {
  ...seriesFields,
  top: z.coerce.number().int().min(1).max(mostSeries).default(mostSeries),
};
const facetFields = { ...rangeFields, by };

export interface UsageAnswer {
  range: TimeRange;
  totals: UsageTotals;
  /** The same span of time, just before. */
  previous: UsageTotals;
  step: UsageStep;
  /** Oldest first; spans without a call are left out. */
  points: UsagePoint[];
  by: UsageDimension;
  /** The biggest first; `top` of them. */
  ranks: UsageRank[];
}

export interface BreakdownAnswer {
  by: UsageDimension;
  range: TimeRange;
  step: UsageStep;
  /** All calls, also of the values that have no series of their own. */
  points: UsagePoint[];
  /** The biggest first. */
  series: { value: string; points: UsagePoint[] }[];
}

export interface FacetsAnswer {
  /** What calls in this time have of it, the biggest first; never ''. */
  values: { value: string; calls: number }[];
}

/** What was used, from the rollups. */
export function usageRoutes({ usage }: Pick<Store, 'usage'>): Routes {
  return {
    async 'GET /ui/api/usage'(request, response) {
      const { from, to, step, tz, by, top, ...filter } = readQuery(request, usageFields);
      assertForward({ from, to });
      const range = { from, to };
      const before = { from: Math.max(0, from - (to - from)), to: from };
      const [totals, previous, points, ranks] = await Promise.all([
        usage.totals({ range, filter }),
        usage.totals({ range: before, filter }),
        usage.series({ range, filter, step, time_zone: tz }),
        usage.rank({ range, filter, by, limit: top }),
      ]);
      const answer: UsageAnswer = { range, totals, previous, step, points, by, ranks };
      answerJson(response, 200, answer);
    },

    async 'GET /ui/api/usage/breakdown'(request, response) {
      const { from, to, step, tz, by, top, ...filter } = readQuery(request, breakdownFields);
      assertForward({ from, to });
      const query = { range: { from, to }, filter, step, time_zone: tz };
      const ranks = await usage.rank({ range: query.range, filter, by, limit: top });
      const [points, ...parts] = await Promise.all([
        usage.series(query),
        ...ranks.map(({ value }) => usage.series({ ...query, filter: { ...filter, [by]: value } })),
      ]);
      const series = ranks.map(({ value }, index) => ({ value, points: parts[index] ?? [] }));
      const answer: BreakdownAnswer = { by, range: query.range, step, points, series };
      answerJson(response, 200, answer);
    },

    async 'GET /ui/api/facets'(request, response) {
      const { from, to, by } = readQuery(request, facetFields);
      assertForward({ from, to });
      const ranked = await usage.rank({ range: { from, to }, filter: {}, by, limit: mostValues });
      const values = ranked
        .filter(({ value }) => value !== '')
        .map(({ value, calls }) => ({ value, calls }));
      answerJson(response, 200, { values } satisfies FacetsAnswer);
    },
  };
}
