import type { Milliseconds } from '../../_shared/units.ts';

/** Rejects when it takes longer. What comes too late is dropped, a failure too. */
export async function within<Result>(
  work: Promise<Result>,
  patienceMs: Milliseconds,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = () => reject(new Error(`It took longer than ${patienceMs} ms.`));
    timer = setTimeout(error, patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
