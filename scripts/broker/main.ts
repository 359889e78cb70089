import { SetupError, setupExitCode } from '../../functions/_shared/config/environment.ts';
import { serve } from '../../functions/_shared/serve.ts';
import { createLogger, createMetrics } from '../../functions/_shared/telemetry.ts';
import { createBroker } from './broker.ts';
import { eventLimit } from './delivery.ts';
import { readTriggers } from './manifests.ts';

const {
  PORT = '4010',
  BROKER_MANIFESTS = 'knative',
  SUBSCRIBERS = '{}',
  LOG_LEVEL = 'info',
} = process.env;
const logger = createLogger('broker', LOG_LEVEL);

function readSubscribers(): Record<string, string> {
  try {
    return JSON.parse(SUBSCRIBERS);
  } catch {
    throw new SetupError('SUBSCRIBERS is not JSON; set it to {"<Service>": "<its URL>", …}.');
  }
}

try {
  const triggers = readTriggers(BROKER_MANIFESTS, readSubscribers());
  const served = await serve(createBroker({ triggers, logger }), {
    name: 'broker',
    port: Number(PORT),
    maxBodyBytes: eventLimit,
    graceSeconds: 10,
    logger,
    metrics: createMetrics(),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void served.stop().then(() => process.exit(0)));
  }
  logger.info({ port: served.port, triggers: triggers.map(({ name }) => name) }, 'ready');
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(error instanceof SetupError ? setupExitCode : 1);
}
