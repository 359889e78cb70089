import { z } from 'zod';

export const functionNames = ['chat', 'proxy', 'ingest', 'dashboard', 'alert'] as const;
export type FunctionName = (typeof functionNames)[number];

/**
 * What a process exits with for a wrong set-up (sysexits' EX_CONFIG): starting it again as it is
 * would end the same way.
 */
export const setupExitCode = 78;

/** A wrong set-up, found at start. The message names every fault and what to do about each. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

const number = (fallback: number, minimum: number, maximum: number) =>
  z.coerce.number().min(minimum).max(maximum).default(fallback);
const bound = (maximum: number) => z.coerce.number().min(0).max(maximum);
const url = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });
const flag = (fallback: boolean) => z.stringbool().default(fallback);

/** Every variable that a function reads, in one table. An empty value counts as not set. */
const variables = z.object({
  FUNCTION_TARGET: z.enum(functionNames),
  PORT: number(8080, 0, 65535),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NODE_ENV: z.string().default('development'),
  /** Set by Knative; names the producer in an event's `source`. */
  K_REVISION: z.string().max(253).default('local'),
  /** How long a function may take to finish its calls after SIGTERM. */
  SHUTDOWN_GRACE_SECONDS: number(270, 1, 3600),

  /**
   * `file:<path>` (SQLite, the proxy's own), `http://<proxy>` (the same store, over HTTP) or
   * `postgres://…` (PostgreSQL, for all functions alike).
   */
  DATABASE_URL: z
    .string()
    .regex(
      /^(file:.+|https?:\/\/.+|postgres(ql)?:\/\/.+)$/,
      'must be file:<path>, the http:// URL of the proxy, or postgres://user:password@host/database',
    )
    .refine(
      (value) => !value.startsWith('postgres') || URL.canParse(value),
      'is no URL: write special characters of the password as %XX',
    )
    .optional(),
  /** The proxy's own file of records that are not delivered yet. */
  OUTBOX_PATH: z.string().optional(),
  /** What these records may take on disk. */
  OUTBOX_MAX_BYTES: number(1024 ** 3, 16 * 1024 * 1024, 1024 ** 4),
  /**
   * How long logs, bodies and what usage is charted from are kept, and how much of them; 0 is for
   * ever. The process that owns the store, the proxy, sees to it.
   */
  LOGS_KEPT_DAYS: bound(36_500).optional(),
  LOGS_MAX_ROWS: bound(1e12).optional(),
  PAYLOADS_KEPT_DAYS: bound(36_500).default(30),
  PAYLOADS_MAX_BYTES: bound(1024 ** 5).optional(),
  ROLLUPS_KEPT_DAYS: bound(36_500).default(0),
  CONFIG_PATH: z.string().optional(),
  PROXY_MASTER_KEY: z.string().min(1).max(512).optional(),
  /** Where events go; a Knative SinkBinding sets it, with K_CE_OVERRIDES. */
  K_SINK: url.optional(),
  K_CE_OVERRIDES: z.string().optional(),
  /** Where the proxy delivers events when there is no K_SINK. */
  INGEST_URL: url.optional(),
  EVENTS_REQUIRE_SIGNATURE: flag(true),
  /** The bodies of a larger event go to the store ahead of it. */
  EVENT_MAX_BYTES: number(256 * 1024, 4096, 16 * 1024 * 1024),
  MAX_BODY_BYTES: number(20 * 1024 * 1024, 1024, 512 * 1024 * 1024),

  PROXY_URL: url.optional(),
  PROXY_API_KEY: z.string().min(1).max(512).optional(),
  /** The URL that people and programs outside use for the proxy; PROXY_URL where not set. */
  PROXY_PUBLIC_URL: url.optional(),
  DASHBOARD_URL: url.optional(),
  CHAT_MODEL: z.string().max(512).default('custom-llm'),

  UI_USERNAME: z.string().max(256).default('admin'),
  /** The dashboard's password; the master key where not set. */
  UI_PASSWORD: z.string().max(512).optional(),

  ALERT_WEBHOOK_URL: url.optional(),
  /** The share of failed calls in a window that raises an alert. */
  ALERT_ERROR_RATE: number(0.5, 0.001, 1),
  ALERT_WINDOW_SECONDS: number(300, 60, 86_400),
  /** A window with fewer calls raises nothing. */
  ALERT_MIN_CALLS: number(10, 1, 1_000_000),
});
export type Environment = z.infer<typeof variables>;
export const environmentNames: readonly string[] = Object.keys(variables.shape);

/** Names that mean the same elsewhere; ours wins where both are set. */
const aliases: Record<string, keyof Environment> = {
  LITELLM_MASTER_KEY: 'PROXY_MASTER_KEY',
  LITELLM_PROXY_URL: 'PROXY_URL',
};

/** What each function cannot start without, and what to do about it. */
const required: Record<FunctionName, Partial<Record<keyof Environment, string>>> = {
  chat: {
    PROXY_URL: 'set it to the proxy, e.g. http://proxy.default.svc.cluster.local',
    PROXY_API_KEY: 'set it to a key that the proxy accepts',
  },
  proxy: {
    PROXY_MASTER_KEY: 'set it to a long random string, e.g. sk-$(openssl rand -hex 32)',
    DATABASE_URL: 'set it to file:<path>, e.g. file:/app/data/tallygate.db, or to postgres://…',
    CONFIG_PATH: 'set it to a LiteLLM config.yaml',
  },
  ingest: {
    PROXY_MASTER_KEY: "set it to the proxy's master key",
    DATABASE_URL: 'set it to the URL of the proxy, which serves the store, or to postgres://…',
    CONFIG_PATH: "set it to the proxy's config.yaml, which says what may be recorded",
  },
  dashboard: {
    PROXY_MASTER_KEY: "set it to the proxy's master key",
    DATABASE_URL: 'set it to the URL of the proxy, which serves the store, or to postgres://…',
    PROXY_URL: 'set it to the proxy, e.g. http://proxy.default.svc.cluster.local',
  },
  alert: { PROXY_MASTER_KEY: "set it to the proxy's master key" },
};

/** A master key shorter than this can be guessed; production refuses it. */
export const masterKeyLength = 32;

/** Reads the environment. Throws one SetupError that lists all faults at once. */
export function readEnvironment(given: NodeJS.ProcessEnv): Environment {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === '') continue;
    set[name] = value;
  }
  for (const [alias, name] of Object.entries(aliases)) {
    const value = set[alias];
    if (value !== undefined) set[name] ??= value;
  }
  const parsed = variables.safeParse(set);
  if (!parsed.success) {
    throw faulty(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const environment = parsed.data;
  const faults = Object.entries(required[environment.FUNCTION_TARGET])
    .filter(([name]) => environment[name as keyof Environment] === undefined)
    .map(([name, remedy]) => `${name} is not set: ${remedy}`);
  const { PROXY_MASTER_KEY: masterKey, NODE_ENV } = environment;
  if (NODE_ENV === 'production' && masterKey !== undefined && masterKey.length < masterKeyLength) {
    faults.push(
      `PROXY_MASTER_KEY has ${masterKey.length} characters: production needs at least ${masterKeyLength}`,
    );
  }
  if (faults.length > 0) throw faulty(faults);
  return environment;
}

function faulty(faults: string[]): SetupError {
  return new SetupError(
    `The environment is not right:\n${faults.map((f) => `  - ${f}`).join('\n')}`,
  );
}
