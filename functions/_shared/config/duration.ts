import { z } from 'zod';

const secondMs = 1000;
const dayMs = 86_400 * secondMs;
const units: Record<string, number> = {
  s: secondMs,
  m: 60 * secondMs,
  h: 3600 * secondMs,
  d: dayMs,
  w: 7 * dayMs,
  mo: 30 * dayMs,
};

/** A length of time as LiteLLM writes it (`30d`), in milliseconds. */
export const duration = z
  .string({ error: 'must be a length of time such as 30d, in quotes or not' })
  .regex(
    /^[1-9]\d{0,8}(s|m|h|d|w|mo)$/,
    'must be a length of time such as 90s, 60m, 24h, 30d, 4w or 6mo',
  )
  .transform((text) => {
    const [, count, unit = ''] = /^(\d+)(\D+)$/.exec(text) ?? [];
    return Number(count) * (units[unit] as number);
  });
