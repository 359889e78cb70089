import type { UsageDimension } from '../../_shared/store/usage.ts';
import { describeValue, filterFields } from './filter.ts';

/** What calls without a value of their own are called in a break-down. */
const none: Record<UsageDimension, string> = {
  model: 'No model on record',
  provider: 'No provider reached',
  status: 'No status',
  key_id: 'No key',
  team_id: 'No team',
  user_id: 'No user',
  tag: 'No tag',
};

/** A value of a dimension for people. `keyName` knows what keys are called. */
export function nameOfValue(
  by: UsageDimension,
  value: string,
  keyName: (id: string) => string,
): string {
  if (value === '') return none[by];
  return by === 'key_id' ? keyName(value) : describeValue(by, value);
}

export const nameOfDimension = (by: UsageDimension): string => filterFields[by].label;
