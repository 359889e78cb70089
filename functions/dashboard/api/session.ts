import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { GatewayError } from '../../_shared/errors.ts';
import { answerJson } from '../../_shared/http/answer.ts';
import { readJson } from '../../_shared/http/checked.ts';
import type { Routes } from '../../_shared/http/router.ts';
import { secretsEqual } from '../../_shared/secrets.ts';
import type { Logger } from '../../_shared/telemetry.ts';
import type { Session, Sessions } from '../session.ts';
import type { Throttle } from '../throttle.ts';

const longestBody = 16 * 1024;
const signIn = z.object({ username: z.string().max(256), password: z.string().max(512) });

export interface SessionAnswer {
  username: string;
  /** When the session ends, in epoch milliseconds. */
  expires_at: number;
  /** What the first-run page shows: where programs call the gateway, and with which model. */
  gateway: { url: string; model: string };
}

/** Signing in and out, and who is signed in. */
export function sessionRoutes({
  sessions,
  throttle,
  username,
  password,
  gateway,
  logger,
}: {
  sessions: Sessions;
  throttle: Throttle;
  username: string;
  password: string;
  gateway: SessionAnswer['gateway'];
  logger: Logger;
}): Routes {
  const describe = (session: Session): SessionAnswer => ({ ...session, gateway });

  return {
    async 'POST /ui/api/sign-in'(request, response) {
      const given = await readJson(request, signIn, longestBody);
      const address = addressOf(request);
      const wait = throttle.wait(address);
      if (wait > 0) {
        throw new GatewayError(
          'rate_limit',
          `Too many wrong guesses. Try again in ${wait} second${wait === 1 ? '' : 's'}.`,
          { retryAfter: wait },
        );
      }
      // Both are compared, always: the time must not tell which of the two is wrong.
      const rightName = secretsEqual(given.username, username);
      const rightPassword = secretsEqual(given.password, password);
      if (!rightName || !rightPassword) {
        throttle.failed(address);
        logger.warn({ address }, 'sign-in refused');
        throw new GatewayError('authentication', 'That username and password do not match.');
      }
      throttle.succeeded(address);
      logger.info({ address }, 'signed in');
      answerJson(response, 200, describe(sessions.start(request, response)));
    },

    'POST /ui/api/sign-out'(request, response) {
      sessions.end(request, response);
      answerJson(response, 200, {});
    },

    'GET /ui/api/session'(request, response) {
      // Nobody being signed in is an answer, not a fault: browsers print a fault on the console.
      const session = sessions.of(request);
      answerJson(response, 200, session && describe(session));
    },
  };
}

/**
 * Who is guessing. On a cluster the socket's other end is always the same proxy, which appends
 * whom it saw; what a client wrote there itself stands before that, and is not believed.
 */
function addressOf(request: IncomingMessage): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '');
  return (forwarded.split(',').at(-1)?.trim() || request.socket.remoteAddress) ?? 'unknown';
}
