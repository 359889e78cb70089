import { memo } from 'react';
import { Button } from '../../_shared/ui/Button.tsx';
import { CopyButton } from '../../_shared/ui/CopyButton.tsx';
import { Icon } from '../../_shared/ui/Icon.tsx';
import { Reasoning } from '../../_shared/ui/Reasoning.tsx';
import { logUrl } from '../log-url.ts';
import { AnswerText } from './AnswerText.tsx';
import type { Exchange } from './exchange.ts';
import { FailureCard } from './FailureCard.tsx';
import { Figures } from './Figures.tsx';
import { ledger } from './ledger.ts';
import { Tally } from './Tally.tsx';

export interface ExchangeViewProps {
  exchange: Exchange;
  /** The last one can be asked again, or otherwise. */
  isLast: boolean;
  dashboardUrl: string | null;
  onRetry: () => void;
  onEdit: () => void;
}

/** A question, its answer, and what that took. Only the one that grows is rendered anew. */
export const ExchangeView = memo(function ExchangeView({
  exchange,
  isLast,
  dashboardUrl,
  onRetry,
  onEdit,
}: ExchangeViewProps) {
  const { question, outcome, text, failure, callId } = exchange;
  const isOver = outcome !== 'answering';
  // A call is booked when it has ended.
  const log = isOver ? logUrl(dashboardUrl, callId) : null;
  return (
    <article
      className={`${ledger.row} border-line not-first:border-t ${
        isLast ? '' : '[contain-intrinsic-size:auto_14rem] [content-visibility:auto]'
      }`}
    >
      <div className={`${ledger.text} space-y-4 pt-5 pb-2 lg:pb-4`}>
        <div className="flex items-center justify-end gap-1">
          {isLast && isOver && (
            <Button
              look="quiet"
              onClick={onEdit}
              aria-label="Edit the question"
              title="Edit the question (Up in the empty field)"
              className="px-2"
            >
              <Icon name="edit" />
            </Button>
          )}
          <p className="max-w-[88%] rounded-lg rounded-br-none border border-accent/25 bg-accent-soft px-3.5 py-2 whitespace-pre-wrap [overflow-wrap:anywhere]">
            <span className="sr-only">You: </span>
            {question}
          </p>
        </div>
        <Answer exchange={exchange} hasLog={log !== null} />
        {failure && (
          <FailureCard
            failure={failure}
            callId={callId}
            onRetry={isLast && isOver ? onRetry : undefined}
          />
        )}
        {isOver && !failure && (
          <div className="-ml-1.5 flex flex-wrap items-center gap-x-2">
            {text && (
              <CopyButton text={text} what="the answer" className="text-xs">
                Copy
              </CopyButton>
            )}
            {isLast && (
              <Button look="quiet" onClick={onRetry} className="min-h-6 px-1.5 text-xs">
                <Icon name="again" /> {outcome === 'stopped' ? 'Ask again' : 'Regenerate'}
              </Button>
            )}
          </div>
        )}
      </div>
      <div className={`${ledger.margin} pb-4 lg:pt-6`}>
        <Figures exchange={exchange} log={log} />
      </div>
    </article>
  );
});

function Answer({ exchange, hasLog }: { exchange: Exchange; hasLog: boolean }) {
  const { outcome, reasoning, text, end } = exchange;
  const isAnswering = outcome === 'answering';
  return (
    <div className="space-y-3">
      <span className="sr-only">Answer: </span>
      {reasoning && <Reasoning text={reasoning} streaming={isAnswering} />}
      {text && <AnswerText text={text} streaming={isAnswering} />}
      {isAnswering && <Tally />}
      {outcome === 'done' && !text && <p className="text-ink-faint">The answer is empty.</p>}
      {outcome === 'stopped' && (
        <p className="text-warn">
          {text ? 'Stopped here. What had come is kept.' : 'Stopped before the answer began.'}
          {hasLog && ' Its log tells what it cost.'}
        </p>
      )}
      {end?.finish_reason === 'length' && (
        <p className="text-warn">Cut off at the model’s token limit. Ask it to go on.</p>
      )}
      {end?.finish_reason === 'content_filter' && (
        <p className="text-warn">Cut off by the provider’s content filter.</p>
      )}
    </div>
  );
}
