import { GatewayError } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';
import { startThread, type Thread } from './thread.ts';

/** A reader costs some 16 MB; one that nobody needs is let go after this. */
const idleMs = 60_000;
/** Two, so that an export does not hold up the page that somebody looks at beside it. */
const mostReaders = 2;

/** Threads that only read, started when there is something to read. */
export function createReaders(path: string, logger: Logger) {
  let readers: Thread[] = [];
  let timer: NodeJS.Timeout | undefined;

  function letGoLater() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const idle = readers.filter(({ waiting }) => waiting === 0);
      readers = readers.filter(({ waiting }) => waiting > 0);
      for (const reader of idle) void reader.close();
      if (readers.length > 0) letGoLater();
    }, idleMs).unref();
  }

  function leastBusy(): Thread {
    const [first, ...others] = readers.toSorted((a, b) => a.waiting - b.waiting);
    if (first && (first.waiting === 0 || others.length + 1 === mostReaders)) return first;
    const reader = startThread({ path, readonly: true }, logger);
    readers.push(reader);
    return reader;
  }

  return {
    async run<Result>(read: (reader: Thread) => Promise<Result>): Promise<Result> {
      const reader = leastBusy();
      letGoLater();
      try {
        return await read(reader);
      } catch (error) {
        // A reader that died is not asked again.
        const isAway = error instanceof GatewayError && error.code === 'unavailable';
        if (isAway && reader.waiting === 0) readers = readers.filter((one) => one !== reader);
        throw error;
      }
    },
    async close() {
      clearTimeout(timer);
      await Promise.all(readers.map((reader) => reader.close()));
    },
  };
}
