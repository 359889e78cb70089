import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Environment,
  masterKeyLength,
  readEnvironment,
  SetupError,
  setupExitCode,
} from './_shared/config/environment.ts';
import { deriveBearer, deriveKey } from './_shared/secrets.ts';
import { type FunctionApp, serve } from './_shared/serve.ts';
import type { Retention } from './_shared/store/retention.ts';
import type { Store } from './_shared/store/store.ts';
import { createLogger, createMetrics, type Logger, type Registry } from './_shared/telemetry.ts';

/** What every function is made with. */
interface Common {
  environment: Environment;
  logger: Logger;
  metrics: Registry;
}

/** Reads a variable that `readEnvironment` has made sure of. */
function need<Name extends keyof Environment>(environment: Environment, name: Name) {
  return environment[name] as NonNullable<Environment[Name]>;
}

async function openStoreOf(
  { environment, logger, metrics }: Common,
  retention?: Retention,
): Promise<Store> {
  const { openStore } = await import('./_shared/store/open.ts');
  return openStore({
    url: need(environment, 'DATABASE_URL'),
    bearer: deriveBearer(need(environment, 'PROXY_MASTER_KEY'), 'store'),
    logger,
    ...(retention && { maintenance: { retention, metrics } }),
  });
}

/** The built pages: beside the bundle, or in `dist/` when the sources run as they are. */
function pagesOf(name: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const dist = import.meta.url.endsWith('.ts') ? join(here, '..', 'dist') : here;
  return join(dist, 'pages', name);
}

const functions: Record<Environment['FUNCTION_TARGET'], (common: Common) => Promise<FunctionApp>> =
  {
    async chat({ environment, logger }) {
      const { createChat } = await import('./chat/chat.ts');
      return createChat({
        proxyUrl: need(environment, 'PROXY_URL'),
        proxyApiKey: need(environment, 'PROXY_API_KEY'),
        dashboardUrl: environment.DASHBOARD_URL,
        model: environment.CHAT_MODEL,
        pages: pagesOf('chat'),
        logger,
      });
    },

    async proxy(common) {
      const { environment, logger, metrics } = common;
      const [
        { readGatewayConfig },
        { createProxy },
        { createOutbox },
        { createPriceBook },
        { createRedactor },
        { retentionOf },
        { openResponseCache },
      ] = await Promise.all([
        import('./_shared/config/gateway-config.ts'),
        import('./proxy/proxy.ts'),
        import('./proxy/outbox/outbox.ts'),
        import('./_shared/pricing/price.ts'),
        import('./_shared/redaction/redactor.ts'),
        import('./_shared/config/retention.ts'),
        import('./proxy/cache/open.ts'),
      ]);
      const config = readGatewayConfig(need(environment, 'CONFIG_PATH'), process.env);
      for (const warning of config.warnings) logger.warn(warning);
      const masterKey = need(environment, 'PROXY_MASTER_KEY');
      if (masterKey.length < masterKeyLength) {
        logger.warn(
          `PROXY_MASTER_KEY is shorter than ${masterKeyLength} characters: fit for trying only`,
        );
      }
      const sink = environment.K_SINK ?? environment.INGEST_URL;
      if (sink === undefined) {
        throw new SetupError('Set K_SINK to the broker, or INGEST_URL to deliver without one.');
      }
      const redactor = await createRedactor(config.recording.redaction, logger);
      const store = await openStoreOf(common, retentionOf(environment, config.logsKeptMs));
      const eventsKey = deriveKey(masterKey, 'events');
      const source = `/tallygate/proxy/${environment.K_REVISION}`;
      const outbox = createOutbox(
        {
          path: outboxPathOf(environment),
          sink,
          overrides: extensionsOf(environment.K_CE_OVERRIDES),
          key: eventsKey,
          maxBytes: environment.OUTBOX_MAX_BYTES,
          source,
          alertWindowMs: environment.ALERT_WINDOW_SECONDS * 1000,
        },
        { payloads: store.payloads, logger, metrics },
      );
      return createProxy({
        config,
        environment: process.env,
        store,
        outbox,
        responses:
          config.cache && (await openResponseCache(config.cache, { store, logger, metrics })),
        priceBook: createPriceBook(),
        masterKey,
        storeBearer: deriveBearer(masterKey, 'store'),
        payloadsBearer: deriveBearer(masterKey, 'payloads'),
        eventsKey,
        dashboardUrl: environment.DASHBOARD_URL,
        maxBodyBytes: environment.MAX_BODY_BYTES,
        recordLimits: {
          source,
          eventMaxBytes: environment.EVENT_MAX_BYTES,
          // A question and an answer of the largest size, but a full outbox must hold some of them.
          bodiesMaxBytes: Math.min(
            2 * environment.MAX_BODY_BYTES,
            environment.OUTBOX_MAX_BYTES / 4,
          ),
          withholdBodies: config.recording.withholdBodies,
          honourNoLog: config.recording.honourNoLog,
          redactor,
        },
        logger,
      });
    },

    async ingest(common) {
      const { environment, logger, metrics } = common;
      const [{ createIngest }, { readRecordingRules }, { createRedactor }] = await Promise.all([
        import('./ingest/ingest.ts'),
        import('./_shared/config/recording.ts'),
        import('./_shared/redaction/redactor.ts'),
      ]);
      const rules = readRecordingRules(need(environment, 'CONFIG_PATH'), process.env);
      return createIngest({
        store: await openStoreOf(common),
        eventsKey: deriveKey(need(environment, 'PROXY_MASTER_KEY'), 'events'),
        requireSignature: environment.EVENTS_REQUIRE_SIGNATURE,
        revision: environment.K_REVISION,
        errorRate: {
          threshold: environment.ALERT_ERROR_RATE,
          windowMs: environment.ALERT_WINDOW_SECONDS * 1000,
          minimumCalls: environment.ALERT_MIN_CALLS,
        },
        redaction: {
          withholdBodies: rules.withholdBodies,
          redactor: await createRedactor(rules.redaction, logger),
        },
        // The proxy's events come through, however little its clients may send.
        maxBodyBytes: Math.max(environment.MAX_BODY_BYTES, environment.EVENT_MAX_BYTES),
        logger,
        metrics,
      });
    },

    async dashboard(common) {
      const { environment, logger } = common;
      const { createDashboard } = await import('./dashboard/dashboard.ts');
      const masterKey = need(environment, 'PROXY_MASTER_KEY');
      const proxyUrl = need(environment, 'PROXY_URL');
      return createDashboard({
        store: await openStoreOf(common),
        masterKey,
        username: environment.UI_USERNAME,
        password: environment.UI_PASSWORD ?? masterKey,
        proxyUrl,
        publicProxyUrl: environment.PROXY_PUBLIC_URL ?? proxyUrl,
        model: environment.CHAT_MODEL,
        pages: pagesOf('dashboard'),
        logger,
      });
    },

    async alert({ environment, logger, metrics }) {
      const { createAlert } = await import('./alert/alert.ts');
      return createAlert({
        eventsKey: deriveKey(need(environment, 'PROXY_MASTER_KEY'), 'events'),
        requireSignature: environment.EVENTS_REQUIRE_SIGNATURE,
        webhookUrl: environment.ALERT_WEBHOOK_URL,
        maxBodyBytes: environment.MAX_BODY_BYTES,
        logger,
        metrics,
      });
    },
  };

/** Beside the SQLite file, where nothing else is said. */
function outboxPathOf(environment: Environment): string {
  if (environment.OUTBOX_PATH) return environment.OUTBOX_PATH;
  const url = need(environment, 'DATABASE_URL');
  if (url.startsWith('file:')) return join(dirname(url.slice('file:'.length)), 'outbox.db');
  throw new SetupError('OUTBOX_PATH is not set: set it to a file on a disk of the proxy.');
}

/** `K_CE_OVERRIDES` of a SinkBinding: `{"extensions": {…}}`, or nothing. */
function extensionsOf(overrides: string | undefined): Record<string, string> {
  if (!overrides) return {};
  try {
    const { extensions = {} } = JSON.parse(overrides) as { extensions?: Record<string, unknown> };
    return Object.fromEntries(Object.entries(extensions).map(([k, v]) => [k, String(v)]));
  } catch (cause) {
    throw new SetupError(`K_CE_OVERRIDES is not JSON: ${(cause as Error).message}`);
  }
}

async function main() {
  const environment = readEnvironment(process.env);
  const name = environment.FUNCTION_TARGET;
  const logger = createLogger(name, environment.LOG_LEVEL);
  const metrics = createMetrics();
  const app = await functions[name]({ environment, logger, metrics });
  const served = await serve(app, {
    name,
    port: environment.PORT,
    maxBodyBytes: environment.MAX_BODY_BYTES,
    graceSeconds: environment.SHUTDOWN_GRACE_SECONDS,
    logger,
    metrics,
  });
  logger.info({ port: served.port }, 'ready');
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      logger.info({ signal }, 'draining');
      void served.stop().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  const message = error instanceof SetupError ? error.message : ((error as Error)?.stack ?? error);
  process.stderr.write(`${message}\n`);
  process.exit(error instanceof SetupError ? setupExitCode : 1);
});
