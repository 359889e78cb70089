import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MasterKey {
  key: string;
  /** How to tell it to a shell, without printing it again. */
  shell: string;
  made: boolean;
}

const names = ['PROXY_MASTER_KEY', 'LITELLM_MASTER_KEY'] as const;

export interface MasterKeySources {
  environment: NodeJS.ProcessEnv;
  /** Where the environment has its key from, if it is not from the shell that started us. */
  envFile: string | null;
  dataFolder: string;
}

/** The environment's master key, or the one kept with the data, or a new one kept there. */
export function findMasterKey({ environment, envFile, dataFolder }: MasterKeySources): MasterKey {
  const name = names.find((candidate) => environment[candidate]);
  const given = name && environment[name];
  if (given) {
    // The shell of whoever pastes our curl knows nothing of .env; Node reads it as we did.
    const shell = envFile ? `$(node --env-file="${envFile}" -p process.env.${name})` : `$${name}`;
    return { key: given, shell, made: false };
  }
  const file = join(dataFolder, 'master-key');
  const shell = `$(cat "${file}")`;
  if (existsSync(file)) return { key: readFileSync(file, 'utf8').trim(), shell, made: false };
  const key = `sk-${randomBytes(32).toString('base64url')}`;
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return { key, shell, made: true };
}
