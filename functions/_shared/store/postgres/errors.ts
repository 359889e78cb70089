import pg from 'pg';
import { asGatewayError, GatewayError } from '../../errors.ts';

/**
 * SQLSTATEs of what passes: connections lost or refused (08, 57), deadlocks and transactions that
 * cannot be put in a row (40), no disk, memory or connection left (53), a failing disk (58), a
 * server that is only a standby now, a transaction left idle too long, a lock not to be had.
 */
const passing = /^(08|40|53|57|58)|^(25006|25P03|55P03)$/;

/**
 * What `pg` threw, as the contract has it. A database's own words may hold SQL and rows: they stay
 * in `cause`, for the log.
 */
export function asStoreError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  if (thrown instanceof pg.DatabaseError) {
    if (!passing.test(thrown.code ?? '')) return asGatewayError(thrown);
    return unavailable(`The store cannot do this now (${thrown.code}).`, thrown);
  }
  // Without a word from the server it is the connection, or a fault of ours.
  const { code, message } = thrown as { code?: string; message?: string };
  if (thrown instanceof TypeError || /^SASL/.test(message ?? '')) return asGatewayError(thrown);
  return unavailable(`The store cannot be reached: ${code || message}.`, thrown);
}

const unavailable = (message: string, cause: unknown) =>
  new GatewayError('unavailable', message, { cause });
