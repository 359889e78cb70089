import { randomUUIDv7 } from 'node:crypto';
import { type EncodedEvent, encodeEvent } from '../_shared/events/encode.ts';
import { eventTypes } from '../_shared/events/types.ts';
import type { Store } from '../_shared/store/store.ts';
import type { Logger } from '../_shared/telemetry.ts';
import { type ErrorRateOptions, judgeErrorRate } from './rules/error-rate.ts';

/** Rules look at minutes; judging more often than this would tell nothing new. */
const atMostEveryMs = 1000;
/** A record that is booked is not to be answered late for the sake of an alert. */
const patienceMs = 2000;

export interface JudgeParts {
  store: Store;
  eventsKey: Buffer;
  /** `/tallygate/ingest/<revision>`. */
  source: string;
  errorRate: ErrorRateOptions;
  logger: Logger;
  now?: () => number;
}

/**
 * Judges the alert rules after failed calls were booked. Gives an `alert.raised` event when a
 * rule speaks up that has not yet in its window, to be sent on as the reply to the broker.
 */
export function createJudge(parts: JudgeParts) {
  const { store, eventsKey, source, errorRate, logger, now = Date.now } = parts;
  let lastAt = Number.NEGATIVE_INFINITY;
  let isOneWaiting = false;

  async function judge(): Promise<EncodedEvent | null> {
    const time = now();
    const alert = await judgeErrorRate(store, errorRate, time);
    if (!alert) return null;
    const id = randomUUIDv7();
    if (!(await store.alerts.raise({ ...alert, id }))) return null;
    logger.warn({ alert }, 'alert raised');
    return encodeEvent({
      key: eventsKey,
      type: eventTypes.alertRaised,
      source,
      id,
      time,
      data: JSON.stringify(alert),
      extensions: { rule: alert.rule, severity: alert.severity },
    });
  }

  /**
   * Null when there is nothing to tell. Never rejects. Of the records that come too soon after a
   * judgement one waits and judges for all of them: a burst that nothing follows would else go by
   * with only its first record judged.
   */
  return async function judgeSoon(): Promise<EncodedEvent | null> {
    if (isOneWaiting) return null;
    const early = lastAt + atMostEveryMs - now();
    if (early > 0) {
      isOneWaiting = true;
      await new Promise((resolve) => setTimeout(resolve, early));
      isOneWaiting = false;
    }
    lastAt = now();
    try {
      return await Promise.race([
        judge(),
        new Promise<null>((resolve) => setTimeout(() => resolve(null), patienceMs).unref()),
      ]);
    } catch (error) {
      logger.error({ err: error }, 'the alert rules could not be judged');
      return null;
    }
  };
}
