import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseGatewayConfig } from './gateway-config.ts';
import { readRecordingRules } from './recording.ts';

const models = `
model_list: [{model_name: a, litellm_params: {model: os.environ/NOT_HERE_BUT_AT_THE_PROXY}}]
`;

/** As ingest reads it: without the proxy's environment. */
function read(source: string) {
  const path = join(mkdtempSync(join(tmpdir(), 'tallygate-config-')), 'config.yaml');
  writeFileSync(path, models + source);
  return readRecordingRules(path, {});
}

describe('what may be recorded', () => {
  test('is everything where nothing is said', () => {
    expect(read('')).toEqual({
      withholdBodies: false,
      honourNoLog: true,
      redaction: { apply: [], patterns: {}, timeoutMs: 2000 },
    });
  });

  test('is said in config.yaml, to the proxy and to ingest alike', () => {
    const source = `
litellm_settings: { turn_off_message_logging: true, global_disable_no_log_param: true }
redaction:
  apply: [email, employee]
  patterns: { employee: 'EMP-\\d{6}' }
  timeout: 0.5
`;
    const rules = {
      withholdBodies: true,
      honourNoLog: false,
      redaction: {
        apply: ['email', 'employee'],
        patterns: { employee: 'EMP-\\d{6}' },
        timeoutMs: 500,
      },
    };
    expect(read(source)).toEqual(rules);
    const { recording, warnings } = parseGatewayConfig(
      `model_list: [{model_name: a, litellm_params: {model: openai/a}}]\n${source}`,
      {},
    );
    expect(recording).toEqual(rules);
    expect(warnings).toEqual([]);
  });

  test.each([
    [
      'redaction: { apply: [email, e-mail] }',
      'redaction.apply.1 is no pattern: "e-mail"; there are email, phone, card, iban, token',
    ],
    [
      'redaction: { apply: [gone], patterns: { mine: x } }',
      'redaction.apply.0 is no pattern: "gone"; there are email, phone, card, iban, token, mine',
    ],
    [
      'redaction: { patterns: { email: x } }',
      'redaction.patterns.email has the name of a built-in pattern',
    ],
    ['redaction: { patterns: { "[x]": x } }', 'must have a name like employee_id'],
    ['redaction: { patterns: { mine: "" } }', 'redaction.patterns.mine'],
    ['redaction: { timeout: 0 }', 'redaction.timeout'],
  ])('refuses %s', (source, fault) => {
    expect(() => read(source)).toThrow(fault);
  });
});
