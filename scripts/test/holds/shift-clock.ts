import { readFileSync } from 'node:fs';

// Preloaded into a part, its worker threads included: its wall clock goes wrong by as many
// milliseconds as the file says that CLOCK_SHIFT_PATH names. The monotonic clock and timers go on
// as they are, as on a machine whose clock somebody sets.
const path = process.env.CLOCK_SHIFT_PATH ?? '';
const lookEveryMs = 20;
let shift = 0;

function look() {
  try {
    shift = Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    // It is being written.
  }
}
look();
setInterval(look, lookEveryMs).unref();

const RealDate = Date;
const realNow = Date.now;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length > 0 ? given : [realNow() + shift], newTarget),
  apply: () => new RealDate(realNow() + shift).toString(),
});
RealDate.now = () => realNow() + shift;
