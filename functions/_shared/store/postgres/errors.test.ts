import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../errors.ts';
import { asStoreError } from './errors.ts';

function fromServer(code: string) {
  const error = new pg.DatabaseError('relation "spend" is not what it was', 1, 'error');
  return Object.assign(error, { code });
}

describe('an error of PostgreSQL', () => {
  test.each([
    ['a connection that broke', '08006'],
    ['a transaction that cannot be put in a row', '40001'],
    ['a deadlock', '40P01'],
    ['a full disk', '53100'],
    ['too many connections', '53300'],
    ['a statement that took too long', '57014'],
    ['a server that shuts down', '57P01'],
    ['a server that is starting', '57P03'],
    ['a disk that fails', '58030'],
    ['a server that is only a standby now', '25006'],
    ['a lock not to be had', '55P03'],
  ])('of %s passes: it is unavailable', (_case, code) => {
    const error = asStoreError(fromServer(code));
    expect(error).toMatchObject({ code: 'unavailable', retryable: true });
    expect(error.message).toContain(code);
  });

  test.each(['22021', '23502', '42P01', '42501', '28P01', '3D000', 'XX000'])(
    'of state %s does not pass, and tells the caller nothing',
    (code) => {
      const thrown = fromServer(code);
      const error = asStoreError(thrown);
      expect(error.code).toBe('internal');
      expect(error.message).not.toMatch(/spend|relation/);
      expect(error.cause).toBe(thrown);
    },
  );
});

describe('an error without a word from PostgreSQL', () => {
  test.each([
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    new Error('Query read timeout'),
    new Error('Connection terminated unexpectedly'),
  ])('of the connection passes: %s', (thrown) => {
    expect(asStoreError(thrown)).toMatchObject({ code: 'unavailable', retryable: true });
  });

  test.each([
    new TypeError('x is not a function'),
    new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
  ])('of a fault that stays does not: %s', (thrown) => {
    expect(asStoreError(thrown).code).toBe('internal');
  });

  test('of the contract stays as it is', () => {
    const error = new GatewayError('invalid_request', 'no');
    expect(asStoreError(error)).toBe(error);
  });
});
