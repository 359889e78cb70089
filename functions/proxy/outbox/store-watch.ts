import type { KeepFailure } from './keeper.ts';

type Log = (level: 'info' | 'warn', message: string, details?: object) => void;

/** Says once when the store begins to refuse large bodies, and once when that is over. */
export function createStoreWatch(log: Log) {
  let isTroubled = false;
  return function watch(id: string, failure: KeepFailure | null) {
    if (failure && !isTroubled) {
      const { reason } = failure;
      log('warn', 'large bodies cannot be put into the store; their records wait', { id, reason });
    } else if (!failure && isTroubled) {
      log('info', 'the store takes large bodies again');
    }
    isTroubled = failure !== null;
  };
}
