import { type Launched, nextMessage } from './launch.ts';

/** Gives a part of the load its order by IPC and waits for its report. */
export async function ordered<Report>(part: Launched, order: object): Promise<Report> {
  const answer = nextMessage(part);
  part.process.send?.(order);
  const { report, error } = (await answer) as { report?: Report; error?: string };
  if (!report) throw new Error(`The load failed: ${error}`);
  return report;
}
