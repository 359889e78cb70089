import type { EpochMs } from '../../_shared/units.ts';

/**
 * Until when deployments are left alone. What several processes are to share of it is these three
 * calls: a shared one answers from its memory, and hears of the others' beside.
 */
export interface CooldownStore {
  until(deploymentId: string): EpochMs | undefined;
  set(deploymentId: string, until: EpochMs): void;
  delete(deploymentId: string): void;
}

export function createCooldownStore(): CooldownStore {
  const times = new Map<string, EpochMs>();
  return {
    until: (id) => times.get(id),
    set: (id, until) => void times.set(id, until),
    delete: (id) => void times.delete(id),
  };
}
