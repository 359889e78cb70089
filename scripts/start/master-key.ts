import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MasterKey {
  key: string;
  /** How to tell it to a shell, without printing it again. */
  shell: string;
  made: boolean;
}

/** The environment's master key, or the one kept with the data, or a new one kept there. */
export function findMasterKey(dataFolder: string, given: string | undefined): MasterKey {
  if (given) return { key: given, shell: '$PROXY_MASTER_KEY', made: false };
  const file = join(dataFolder, 'master-key');
  const shell = `$(cat ${file})`;
  if (existsSync(file)) return { key: readFileSync(file, 'utf8').trim(), shell, made: false };
  const key = `sk-${randomBytes(32).toString('base64url')}`;
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return { key, shell, made: true };
}
