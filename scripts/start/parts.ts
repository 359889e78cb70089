import { join } from 'node:path';
import type { Ports } from './ports.ts';
import type { Part } from './supervisor.ts';

export interface PartsOptions {
  ports: Ports;
  root: string;
  dataFolder: string;
  masterKey: string;
  configPath: string;
  /** What config.yaml's `os.environ/LLM_*` is to find. */
  llm: Record<string, string>;
  /** Start the built-in demo upstream. */
  demo: boolean;
}

/** Dependants first, so that what a part still has to send finds somebody to take it. */
export const stopOrder = [
  ['chat', 'dashboard'],
  ['proxy'],
  ['broker'],
  ['ingest', 'alert'],
  ['upstream'],
];

const at = (port: number) => `http://127.0.0.1:${port}`;

/** The processes of `npm start`: the five functions, the local broker and the demo upstream. */
export function describeParts(options: PartsOptions): Part[] {
  const { ports, root, dataFolder, masterKey } = options;
  const script = join(root, 'functions', 'main.ts');
  const broker = at(ports.broker);
  const common = {
    NODE_ENV: 'development',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
    SHUTDOWN_GRACE_SECONDS: process.env.SHUTDOWN_GRACE_SECONDS ?? '20',
    PROXY_URL: at(ports.proxy),
    DASHBOARD_URL: `http://localhost:${ports.dashboard}`,
    PROXY_PUBLIC_URL: `http://localhost:${ports.proxy}`,
    ...options.llm,
  };
  const keyed = { ...common, PROXY_MASTER_KEY: masterKey };
  const asked = { ...keyed, DATABASE_URL: at(ports.proxy) };
  const own: Record<string, Record<string, string>> = {
    chat: { ...common, PROXY_API_KEY: process.env.PROXY_API_KEY ?? masterKey },
    proxy: {
      ...keyed,
      DATABASE_URL: `file:${join(dataFolder, 'tallygate.db')}`,
      OUTBOX_PATH: join(dataFolder, 'outbox.db'),
      CONFIG_PATH: options.configPath,
      K_SINK: `${broker}/`,
    },
    dashboard: asked,
    ingest: { ...asked, CONFIG_PATH: options.configPath },
    alert: keyed,
  };
  const functions = Object.entries(own).map(([name, env]) => {
    const port = ports[name as keyof Ports];
    return {
      name,
      script,
      url: at(port),
      env: { ...env, FUNCTION_TARGET: name, PORT: String(port) },
    };
  });
  const subscribers = Object.fromEntries(functions.map(({ name, url }) => [name, url]));
  const parts: Part[] = [
    {
      name: 'broker',
      script: join(root, 'scripts', 'broker', 'main.ts'),
      url: broker,
      env: {
        PORT: String(ports.broker),
        BROKER_MANIFESTS: join(root, 'knative'),
        SUBSCRIBERS: JSON.stringify(subscribers),
      },
    },
    ...functions,
  ];
  if (options.demo) {
    parts.unshift({
      name: 'upstream',
      script: join(root, 'scripts', 'demo', 'main.ts'),
      url: at(ports.upstream),
      env: { PORT: String(ports.upstream), PROXY_PUBLIC_URL: common.PROXY_PUBLIC_URL },
    });
  }
  return parts;
}
