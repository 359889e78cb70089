import type { Exchange } from './exchange.ts';

const words: Record<Exchange['outcome'], string> = {
  answering: 'Answering…',
  done: 'The answer is complete.',
  stopped: 'Stopped.',
  // The card says it itself.
  failed: '',
};

/** Tells screen readers that an answer began and ended, and not each word of it. */
export function Said({ last }: { last: Exchange | undefined }) {
  return (
    <p role="status" className="sr-only">
      {last ? words[last.outcome] : ''}
    </p>
  );
}
