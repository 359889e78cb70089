import { serve } from '../../functions/_shared/serve.ts';
import { createLogger, createMetrics } from '../../functions/_shared/telemetry.ts';
import { createDemoUpstream } from './upstream.ts';

const { PORT = '4020', DEMO_PACE_MS = '15', LOG_LEVEL = 'info' } = process.env;
const { PROXY_PUBLIC_URL = 'http://localhost:4000' } = process.env;
const logger = createLogger('upstream', LOG_LEVEL);
const served = await serve(
  createDemoUpstream({ paceMs: Number(DEMO_PACE_MS), gatewayUrl: PROXY_PUBLIC_URL }),
  {
    name: 'upstream',
    port: Number(PORT),
    maxBodyBytes: 32 * 1024 * 1024,
    graceSeconds: 5,
    logger,
    metrics: createMetrics(),
  },
);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => void served.stop().then(() => process.exit(0)));
}
