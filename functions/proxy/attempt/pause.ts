import type { Milliseconds } from '../../_shared/units.ts';
import { clientClosed } from '../upstream.ts';

/** Waits. Rejects at once when the client goes away. */
export function pause(ms: Milliseconds, clientGone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(clientClosed());
    };
    const timer = setTimeout(() => {
      clientGone.removeEventListener('abort', leave);
      resolve();
    }, ms);
    if (clientGone.aborted) leave();
    else clientGone.addEventListener('abort', leave, { once: true });
  });
}
