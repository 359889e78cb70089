/** What one step did. */
export interface StepDone {
  /** Whether another step would find something to do. */
  more: boolean;
  /** What it deleted. */
  rows?: number;
  bytes?: number;
}

/**
 * One kind of maintenance, in steps that take some milliseconds and hold no lock for longer. Each
 * can be the last: whoever is killed between two, or in one, leaves nothing half done.
 */
export interface Job {
  name: string;
  step(): Promise<StepDone>;
}
