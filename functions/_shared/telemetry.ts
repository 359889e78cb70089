import { type Logger, pino } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';

export type { Logger } from 'pino';
export { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/**
 * JSON log lines on standard output. Credentials are cut by name wherever an object that holds
 * one is logged, as a second fence: nothing is meant to log them in the first place.
 */
export function createLogger(functionName: string, level: string): Logger {
  return pino({
    level,
    base: { function: functionName },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['authorization', 'api_key', 'apiKey', 'headers.authorization', 'headers["x-api-key"]'],
  });
}

/** A registry for `/metrics` with the process's own figures (memory, event loop lag) in it. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
