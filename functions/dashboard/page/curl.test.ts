import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { toCurl } from './curl.ts';

test('a real shell hands curl the body as it was, quotes, dollars and all', () => {
  const body = { messages: [{ content: `it's "$HOME" \\ \`id\`\nnext ${'’'}` }] };
  const command = toCurl('http://127.0.0.1:4000/v1/chat/completions', body);
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const given = execFileSync('sh', ['-c', script], {
    env: { TALLYGATE_API_KEY: 'sk-mine' },
    encoding: 'utf8',
  }).split('\0');
  expect(given[0]).toBe('http://127.0.0.1:4000/v1/chat/completions');
  expect(given).toContain('Authorization: Bearer sk-mine');
  expect(JSON.parse(given[given.indexOf('-d') + 1] ?? '')).toEqual(body);
});
