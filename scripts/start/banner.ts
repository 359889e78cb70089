import type { MasterKey } from './master-key.ts';
import type { Ports } from './ports.ts';

export interface BannerFacts {
  ports: Ports;
  dataFolder: string;
  masterKey: MasterKey;
  /** What answers the calls. */
  upstream: string;
  /** What the curl asks for. */
  model: string;
}

/** What a person needs to know once all runs. A new master key is shown here and never again. */
export function banner({ ports, dataFolder, masterKey, upstream, model }: BannerFacts): string {
  const api = `http://localhost:${ports.proxy}/v1`;
  const key = masterKey.made ? masterKey.key : masterKey.shell;
  const signIn = masterKey.made
    ? `as "admin" with the master key ${masterKey.key}`
    : `as "admin" with the master key: echo "${masterKey.shell}"`;
  return `
  Tallygate is ready.

  Chat        http://localhost:${ports.chat}
  Dashboard   http://localhost:${ports.dashboard}/ui/
              ${signIn}
  API         ${api}
  Upstream    ${upstream}
  Data        ${dataFolder}${masterKey.made ? ' (the master key is kept there; it is not shown again)' : ''}

  curl ${api}/chat/completions \\
    -H "Authorization: Bearer ${key}" \\
    -H "Content-Type: application/json" \\
    -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello!"}]}'

  Ctrl-C stops all of it.
`;
}
