import { describe, expect, test } from 'vitest';
import type { Store } from '../store.ts';

export function describeAlerts(store: () => Store): void {
  describe('alerts', () => {
    test('an alert is raised once a window, whoever asks', async () => {
      const alert = {
        rule: 'error_rate',
        severity: 'critical' as const,
        scope: 'global',
        window_start: 1000,
        window_ms: 60_000,
        value: 0.9,
        threshold: 0.5,
        message: 'Nine of ten failed.',
      };
      const raised = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store().alerts.raise({ ...alert, id: `a${index}` }),
        ),
      );
      expect(raised.filter(Boolean)).toHaveLength(1);
      expect(await store().alerts.raise({ ...alert, id: 'next', window_start: 61_000 })).toBe(true);
    });
  });
}
