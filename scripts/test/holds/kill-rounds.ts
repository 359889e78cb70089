import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';

/** How one process is to fare. Batches are of numbers not yet acknowledged, and some over again. */
export interface Fate {
  batchSizes: number[];
  /** Of batches acknowledged before, how many are sent once more, and from where on. */
  again: number;
  againFrom: number;
  reversed: boolean;
  /** It is killed so many milliseconds after it said so many things; of none, after its order. */
  afterLines: number;
  afterMs: number;
}

const fate: fc.Arbitrary<Fate> = fc.record({
  batchSizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 12 }),
  again: fc.nat(2),
  againFrom: fc.nat(1e6),
  reversed: fc.boolean(),
  afterLines: fc.nat(9),
  afterMs: fc.double({ min: 0, max: 25, noNaN: true }),
});

/** As many as wanted; the same ones for the same seed. */
export const drawFates = (count: number, seed: number): Fate[] =>
  fc.sample(fate, { seed, numRuns: count });

/**
 * What was sent and what of it was acknowledged. Batches hold what is not acknowledged yet, lowest
 * number first or last, and some over again, as who never heard of an answer sends it.
 */
export function createLedger() {
  const acked = new Set<number>();
  let sent = 0;
  let sentAgain = 0;

  function unacked(count: number): number[] {
    const numbers: number[] = [];
    for (let number = 0; numbers.length < count; number++) {
      if (!acked.has(number)) numbers.push(number);
    }
    return numbers;
  }

  return {
    batchesFor({ batchSizes, again, againFrom, reversed }: Fate): number[][] {
      const fresh = unacked(batchSizes.reduce((sum, size) => sum + size, 0));
      sent = Math.max(sent, (fresh.at(-1) ?? 0) + 1);
      const batches = batchSizes.map((size) => fresh.splice(0, size));
      const known = [...acked];
      for (let index = 0; index < again && known.length > 0; index++) {
        const place = (againFrom + index * 97) % known.length;
        batches.push(known.slice(place, place + 20));
      }
      return reversed ? batches.reverse() : batches;
    },
    /** All that was ever sent and is not acknowledged. */
    rest(): number[][] {
      const left = Array.from({ length: sent }, (_, number) => number).filter(
        (number) => !acked.has(number),
      );
      return Array.from({ length: Math.ceil(left.length / 100) }, (_, index) =>
        left.slice(index * 100, (index + 1) * 100),
      );
    },
    acknowledge(numbers: number[]) {
      for (const number of numbers) {
        if (acked.has(number)) sentAgain++;
        acked.add(number);
      }
    },
    get acked() {
      return acked.size;
    },
    get sentAgain() {
      return sentAgain;
    },
    /** Every number from 0 below this was sent. */
    get sent() {
      return sent;
    },
  };
}

export type Ledger = ReturnType<typeof createLedger>;

export interface Doomed {
  /** Gives it its order, and resolves with what it had said when it was dead. */
  run(order: object, fate: Pick<Fate, 'afterLines' | 'afterMs'> | null): Promise<Ending>;
  discard(): void;
}

export interface Ending {
  /** Places of batches that it acknowledged. */
  acked: number[];
  /** It came to its end before the blow. */
  done: boolean;
  killed: boolean;
}

/** A process that is started and waits for its order: starting takes longer than its life. */
export function startDoomed(script: string): Doomed {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(dirname(script), 'compiled') };
  const child = spawn(process.execPath, [script], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  return {
    run: (order, fate) => run(child, order, fate),
    discard: () => child.stdin.end(),
  };
}

function run(
  child: ChildProcess,
  order: object,
  fate: Pick<Fate, 'afterLines' | 'afterMs'> | null,
): Promise<Ending> {
  const ending: Ending = { acked: [], done: false, killed: false };
  let heard = 0;
  const mayStrike = () => {
    if (fate === null || heard !== fate.afterLines) return;
    setTimeout(() => child.kill('SIGKILL'), fate.afterMs);
  };
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line === 'done') ending.done = true;
      else ending.acked.push(Number(line));
      heard++;
      mayStrike();
    });
    child.once('close', (code, signal) => {
      ending.killed = signal === 'SIGKILL';
      if (ending.killed || (code === 0 && ending.done)) resolve(ending);
      else reject(new Error(`A process ended by itself with ${signal ?? code}.`));
    });
    child.stdin?.end(`${JSON.stringify(order)}\n`);
    mayStrike();
  });
}

/**
 * Starts one process after another over what the last one left, and kills each, until so many were
 * killed; then one that comes to its end and sends what nobody had acknowledged.
 */
export async function killAgainAndAgain(given: {
  script: string;
  kills: number;
  seed: number;
  ledger: Ledger;
  orderFor(batches: number[][]): object;
  /** Looks at what the dead one left. */
  afterKill(kill: number): void | Promise<void>;
}): Promise<{ kills: number; survived: number }> {
  const { script, kills: wanted, seed, ledger, orderFor, afterKill } = given;
  let [kills, survived] = [0, 0];
  let next = startDoomed(script);
  async function runNext(batches: number[][], fate: Fate | null, following: Doomed | null) {
    const doomed = next;
    if (following) next = following;
    const { acked, killed } = await doomed.run(orderFor(batches), fate);
    ledger.acknowledge(acked.flatMap((place) => batches[place] ?? []));
    return killed;
  }
  try {
    // Some come to their end before they are struck; there are fates for those, too.
    for (const fate of drawFates(wanted * 3, seed)) {
      if (kills === wanted) break;
      if (await runNext(ledger.batchesFor(fate), fate, startDoomed(script))) {
        await afterKill(++kills);
      } else {
        survived++;
      }
    }
    await runNext(ledger.rest(), null, null);
  } catch (error) {
    next.discard();
    throw error;
  }
  return { kills, survived };
}
