import { parentPort, workerData } from 'node:worker_threads';
import { builtIn } from './built-in.ts';
import type { Detector } from './detector.ts';
import { compilePattern } from './own-pattern.ts';
import { type Passages, redactPassages } from './passages.ts';

/** What the thread is asked; it answers each with a `Redacted`, in order. */
export interface RedactionJob {
  passages: Passages;
  kinds: string[];
}

const patterns = workerData as Record<string, string>;
const all = new Map<string, Detector>([
  ...Object.entries(builtIn),
  ...Object.entries(patterns).map(([name, source]): [string, Detector] => [
    name,
    compilePattern(name, source),
  ]),
]);

parentPort?.on('message', ({ passages, kinds }: RedactionJob) => {
  const detectors = new Map([...all].filter(([kind]) => kinds.includes(kind)));
  parentPort?.postMessage(redactPassages(passages, detectors));
});
