import { describe, expect, test } from 'vitest';
import { buildFilter } from './filter.ts';

const event = { type: 'log.v1', source: '/tallygate/proxy/1', id: '1', keyid: 'k1' };

describe('buildFilter', () => {
  test.each([
    ['nothing takes all', {}, true],
    ['an attribute', { filter: { attributes: { type: 'log.v1' } } }, true],
    ['another value', { filter: { attributes: { type: 'log.v2' } } }, false],
    ['any value of a present one', { filter: { attributes: { keyid: '' } } }, true],
    ['any value of an absent one', { filter: { attributes: { teamid: '' } } }, false],
    ['all attributes', { filter: { attributes: { type: 'log.v1', keyid: 'k2' } } }, false],
    [
      'filters before filter',
      { filter: { attributes: { type: 'no' } }, filters: [{ exact: { type: 'log.v1' } }] },
      true,
    ],
    ['exact', { filters: [{ exact: { keyid: 'k2' } }] }, false],
    ['exact of an absent one', { filters: [{ exact: { teamid: 't' } }] }, false],
    ['prefix', { filters: [{ prefix: { type: 'log.' } }] }, true],
    ['prefix, not', { filters: [{ prefix: { type: 'alert.' } }] }, false],
    ['suffix', { filters: [{ suffix: { type: '.v1' } }] }, true],
    ['suffix, not', { filters: [{ suffix: { type: '.v2' } }] }, false],
    [
      'every filter of the list',
      { filters: [{ prefix: { type: 'log' } }, { exact: { id: '2' } }] },
      false,
    ],
    ['all', { filters: [{ all: [{ exact: { id: '1' } }, { suffix: { source: '/1' } }] }] }, true],
    ['all, not', { filters: [{ all: [{ exact: { id: '1' } }, { exact: { id: '2' } }] }] }, false],
    ['any', { filters: [{ any: [{ exact: { id: '2' } }, { exact: { id: '1' } }] }] }, true],
    ['any, not', { filters: [{ any: [{ exact: { id: '2' } }] }] }, false],
    ['not', { filters: [{ not: { exact: { id: '1' } } }] }, false],
    ['not takes events without it', { filters: [{ not: { exact: { teamid: 't' } } }] }, true],
  ])('%s', (_, spec, taken) => {
    expect(buildFilter(spec)(event)).toBe(taken);
  });

  test('refuses at start what it cannot judge', () => {
    expect(() => buildFilter({ filters: [{ cesql: "type = 'a'" }] })).toThrow(/no filter "cesql"/);
    expect(() => buildFilter({ filters: [{}] })).toThrow(/one filter/);
    expect(() => buildFilter({ filters: [{ exact: { id: '1' }, prefix: { id: '1' } }] })).toThrow(
      /one filter/,
    );
  });
});
