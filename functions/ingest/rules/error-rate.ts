import type { AlertRaised } from '../../_shared/events/types.ts';
import type { Store } from '../../_shared/store/store.ts';
import type { EpochMs, Milliseconds } from '../../_shared/units.ts';

export interface ErrorRateOptions {
  /** The share of failed calls, 0 to 1, from which the rule speaks up. */
  threshold: number;
  windowMs: Milliseconds;
  /** A window with fewer calls says nothing. */
  minimumCalls: number;
}

const rule = 'error_rate';

/**
 * How many calls failed in the window up to `now`; an alert when it is too many, else null.
 * `window_start` is rounded to whole windows, so that all who judge agree on which one it is.
 */
export async function judgeErrorRate(
  store: Store,
  { threshold, windowMs, minimumCalls }: ErrorRateOptions,
  now: EpochMs,
): Promise<AlertRaised | null> {
  const range = { from: now - windowMs, to: now + 1 };
  const { calls, failures } = await store.usage.totals({ range, filter: {} });
  const share = calls === 0 ? 0 : failures / calls;
  if (calls < minimumCalls || share < threshold) return null;
  const models = await store.usage.rank({
    range,
    filter: { status: 'failure' },
    by: 'model',
    limit: 100,
  });
  const worst = models.sort((a, b) => b.calls - a.calls)[0];
  return {
    rule,
    severity: share >= (1 + threshold) / 2 ? 'critical' : 'warning',
    scope: 'global',
    window_start: Math.floor(now / windowMs) * windowMs,
    window_ms: windowMs,
    value: share,
    threshold,
    message: [
      `${failures} of ${calls} calls failed (${percent(share)})`,
      `in the ${length(windowMs)} up to ${clock(now)};`,
      `the threshold is ${percent(threshold)}.`,
      worst ? `Most failures: ${worst.value || 'no model named'} (${worst.calls}).` : '',
    ]
      .join(' ')
      .trim(),
  };
}

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;
const clock = (at: EpochMs) => `${new Date(at).toISOString().slice(11, 16)} UTC`;
const length = (ms: number) => {
  const minutes = Math.round(ms / 60_000);
  return minutes === 1 ? 'minute' : `${minutes} minutes`;
};
