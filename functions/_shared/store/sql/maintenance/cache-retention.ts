import { cacheBounds } from '../../cache.ts';
import type { createCache } from '../cache.ts';
import type { Job } from './job.ts';

/** Deletes answers that have expired, and the oldest beyond what may be kept. */
export function createCacheRetention(cache: ReturnType<typeof createCache>): Job {
  return {
    name: 'cache',
    async step() {
      const { removed } = await cache.trim(cacheBounds);
      return { more: false, rows: removed };
    },
  };
}
