import { asGatewayError } from '../../_shared/errors.ts';
import type { Logger } from '../../_shared/telemetry.ts';
import { answerFailure } from '../answers/failure.ts';
import type { Call } from '../call.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { describeCall, type RecordLimits } from '../record/describe-call.ts';
import type { Step } from '../stairs.ts';

export interface RecordParts {
  outbox: Outbox;
  limits: RecordLimits;
  logger: Logger;
}

/**
 * The outermost step: every call, answered or failed, leaves one record, and the record is safe
 * in the outbox before the client has its answer whole. Then the last byte goes out.
 */
export function record({ outbox, limits, logger }: RecordParts): Step {
  return async function record(call, next) {
    try {
      await next();
    } catch (thrown) {
      call.failure = asGatewayError(thrown);
      if (call.failure.code === 'internal') {
        logger.error({ err: call.failure.cause, call_id: call.id }, 'a call failed unexpectedly');
      }
    }
    await outbox.put(await describeCall(call, limits));
    finish(call);
  };
}

function finish(call: Call): void {
  if (call.response.destroyed) return;
  if (call.failure) answerFailure(call, call.failure);
  else call.answer?.finish(call.price?.cost_nanos ?? null);
}
