import { describe, expect, test } from 'vitest';
import { readEnvironment } from './environment.ts';
import { parseGatewayConfig } from './gateway-config.ts';
import { retentionOf } from './retention.ts';

const dayMs = 86_400_000;
const forEver = Number.POSITIVE_INFINITY;

const models = 'model_list: [{ model_name: m, litellm_params: { model: openai/gpt-4o } }]';

const keptWith = (given: Record<string, string>, settings = '') => {
  const environment = readEnvironment({
    FUNCTION_TARGET: 'proxy',
    PROXY_MASTER_KEY: 'sk-test',
    CONFIG_PATH: 'config.yaml',
    DATABASE_URL: 'file:/data/tallygate.db',
    ...given,
  });
  const config = parseGatewayConfig(`${models}\n${settings}`, {});
  return retentionOf(environment, config.logsKeptMs);
};

describe('what is kept', () => {
  test('has a bound where the books share a volume', () => {
    expect(keptWith({})).toEqual({
      logs: { ageMs: 365 * dayMs, rows: 5_000_000 },
      payloads: { ageMs: 30 * dayMs, bytes: 8 * 1024 ** 3 },
      rollups: { ageMs: forEver },
    });
  });

  test('has none but its age in a database server', () => {
    expect(keptWith({ DATABASE_URL: 'postgres://db.example/books' })).toEqual({
      logs: { ageMs: 365 * dayMs, rows: forEver },
      payloads: { ageMs: 30 * dayMs, bytes: forEver },
      rollups: { ageMs: forEver },
    });
  });

  test('is what the environment says; 0 is for ever', () => {
    expect(
      keptWith({
        LOGS_KEPT_DAYS: '0',
        LOGS_MAX_ROWS: '1000',
        PAYLOADS_KEPT_DAYS: '0.5',
        PAYLOADS_MAX_BYTES: '0',
        ROLLUPS_KEPT_DAYS: '730',
      }),
    ).toEqual({
      logs: { ageMs: forEver, rows: 1000 },
      payloads: { ageMs: dayMs / 2, bytes: forEver },
      rollups: { ageMs: 730 * dayMs },
    });
  });

  test.each([
    ['30d', 30 * dayMs],
    ['24h', dayMs],
    ['90s', 90_000],
    ['6mo', 180 * dayMs],
  ])('is LiteLLM’s %s where the environment says nothing', (period, ageMs) => {
    const settings = `general_settings: { maximum_spend_logs_retention_period: ${period} }`;
    expect(keptWith({}, settings).logs.ageMs).toBe(ageMs);
    expect(keptWith({ LOGS_KEPT_DAYS: '7' }, settings).logs.ageMs).toBe(7 * dayMs);
  });

  test.each(['30', '0d', '1y', 'd', '30 d'])(
    'is not %s, and the error says what to write',
    (period) => {
      const settings = `general_settings: { maximum_spend_logs_retention_period: "${period}" }`;
      expect(() => keptWith({}, settings)).toThrow(
        /general_settings\.maximum_spend_logs_retention_period must be a length of time such as .*30d/,
      );
    },
  );
});
