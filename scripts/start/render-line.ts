/** pino's levels from `warn` up are always shown; the rest only when a level was asked for. */
const loud = new Set(['warn', 'error', 'fatal']);

/** A part's line for the terminal: JSON log lines in words; null for one that is not to be shown. */
export function renderLine(part: string, line: string, showAll: boolean): string | null {
  const name = part.padEnd(9);
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    return line.trim() === '' ? null : `${name} ${line}`;
  }
  const { level, time, function: _function, msg, err, ...rest } = entry;
  if (!showAll && !loud.has(String(level))) return null;
  const details = Object.entries(rest).map(([key, value]) => `${key}=${show(value)}`);
  const error = err as { message?: string } | undefined;
  const words = [String(msg ?? ''), error?.message ? `(${error.message})` : '', ...details];
  return `${name} ${level}: ${words.filter(Boolean).join(' ')}`;
}

const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
