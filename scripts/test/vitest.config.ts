import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['functions/**/*.test.ts', 'knative/**/*.test.ts', 'scripts/**/*.test.ts'],
    // Bounds against hanging, not measures of speed: machines are slow and shared.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
