import type { CallStatus } from '../../_shared/events/types.ts';

interface StatusLook {
  word: string;
  dot: string;
  text: string;
  /** The CSS variable that charts draw with. */
  variable: string;
}

/** How each status looks. Never by colour alone: the word stands beside the dot. */
export const statusLooks: Record<CallStatus, StatusLook> = {
  success: { word: 'Success', dot: 'bg-good', text: 'text-good', variable: '--good-fill' },
  failure: { word: 'Failure', dot: 'bg-bad', text: 'text-bad', variable: '--bad-fill' },
  interrupted: { word: 'Interrupted', dot: 'bg-warn', text: 'text-warn', variable: '--warn-fill' },
};

export const statuses = Object.keys(statusLooks) as CallStatus[];

export function isStatus(value: string): value is CallStatus {
  return Object.hasOwn(statusLooks, value);
}
