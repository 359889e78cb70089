import { GatewayError } from '../_shared/errors.ts';
import type { ReceivedEvent } from '../_shared/events/binary-event.ts';
import { answerAccepted, receiveEvents } from '../_shared/events/receive.ts';
import { type AlertRaised, alertRaised, eventTypes } from '../_shared/events/types.ts';
import { createRouter, type Handler } from '../_shared/http/router.ts';
import type { FunctionApp } from '../_shared/serve.ts';
import { Counter, type Logger, type Registry } from '../_shared/telemetry.ts';
import { postWebhook } from './webhook.ts';

export interface AlertParts {
  eventsKey: Buffer;
  requireSignature: boolean;
  /** Without one an alert is only a line in the log. */
  webhookUrl: string | undefined;
  maxBodyBytes: number;
  logger: Logger;
  metrics: Registry;
}

const memory = 1000;

/**
 * Tells people of alerts. A broker delivers at least once, so a webhook may hear an alert twice;
 * the last 1,000 are remembered to spare people most of that.
 */
export function createAlert(parts: AlertParts): FunctionApp {
  const { eventsKey, requireSignature, webhookUrl, logger, metrics } = parts;
  const told = new Set<string>();
  const sent = new Counter({
    name: 'alerts_sent_total',
    help: 'Alerts that a webhook took',
    registers: [metrics],
  });

  async function tell(event: ReceivedEvent): Promise<void> {
    const alert = readAlert(event);
    if (told.has(event.id)) return;
    if (webhookUrl === undefined) {
      logger.warn({ alert }, `${alert.message} (ALERT_WEBHOOK_URL is not set)`);
    } else {
      await postWebhook(webhookUrl, alert, event.id);
      sent.inc();
    }
    told.add(event.id);
    if (told.size > memory) told.delete(told.values().next().value as string);
  }

  const takeEvents: Handler = async (request, response) => {
    const limit = parts.maxBodyBytes;
    const events = await receiveEvents(request, { key: eventsKey, requireSignature, limit });
    try {
      for (const event of events) {
        if (event.type === eventTypes.alertRaised) await tell(event);
      }
    } catch (error) {
      logger.error({ reason: (error as Error).message }, 'an alert could not be told');
      throw error;
    }
    answerAccepted(response);
  };

  const routeRequest = createRouter({ 'POST /events': takeEvents, 'POST /': takeEvents });
  return {
    async handle(request, response) {
      const { handler, params } = routeRequest(request);
      await handler(request, response, params);
    },
    ready: async () => ({ webhook: webhookUrl === undefined ? 'not set' : 'set' }),
  };
}

function readAlert(event: ReceivedEvent): AlertRaised {
  const parsed = alertRaised.safeParse(event.data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new GatewayError(
    'invalid_request',
    `Event ${event.id}: ${issue?.path.join('.') || 'data'}: ${issue?.message}`,
  );
}
