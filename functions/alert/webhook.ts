import { request } from 'undici';
import { GatewayError } from '../_shared/errors.ts';
import type { AlertRaised } from '../_shared/events/types.ts';

const patienceMs = 10_000;

/**
 * Posts an alert to a webhook: `text` for Slack and its kin, LiteLLM's `event*` fields, and the
 * alert itself. Rejects with `unavailable` when another try may work, with `invalid_request` when
 * the webhook will never take it. Redirects are not followed.
 */
export async function postWebhook(url: string, alert: AlertRaised, id: string): Promise<void> {
  const body = JSON.stringify({
    text: `${alert.severity === 'critical' ? '🔴' : '🟠'} ${alert.message}`,
    event: alert.rule,
    event_group: 'proxy',
    event_message: alert.message,
    alert: { id, ...alert },
  });
  let status: number;
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'tallygate' },
      body,
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.body.dump();
    status = answer.statusCode;
  } catch (cause) {
    const { code, message } = cause as { code?: string; message: string };
    throw new GatewayError(
      'unavailable',
      `The webhook cannot be reached: ${typeof code === 'string' ? code : message}.`,
      { cause },
    );
  }
  if (status < 300) return;
  const again = status === 408 || status === 429 || status >= 500;
  throw new GatewayError(
    again ? 'unavailable' : 'invalid_request',
    `The webhook answered ${status}.`,
  );
}
