import { Button } from '../../_shared/ui/Button.tsx';
import { Icon } from '../../_shared/ui/Icon.tsx';
import { Mark } from '../../_shared/ui/Mark.tsx';

const suggestions = [
  'What does an answer cost, and who keeps count?',
  'Show me how to call this gateway from Python code.',
  'What happens when a call fails?',
  'Write a haiku about double-entry bookkeeping.',
];

export interface WelcomeProps {
  onAsk: (question: string) => void;
  /** Brings back the chat that was put aside; absent when there is none. */
  onBringBack?: () => void;
}

/** An empty sheet, and a few ways to begin. */
export function Welcome({ onAsk, onBringBack }: WelcomeProps) {
  return (
    <section className="mx-auto my-auto w-full max-w-2xl px-4 py-10 sm:px-6">
      <Mark className="size-10" />
      <h1 className="mt-4 text-2xl font-semibold tracking-tight">What would you like to ask?</h1>
      <p className="mt-1 text-ink-soft">
        Your question goes through the gateway, and every answer is on the books: its tokens, its
        cost and its time.
      </p>
      <ul className="mt-6 grid gap-2 sm:grid-cols-2">
        {suggestions.map((suggestion) => (
          <li key={suggestion}>
            <button
              type="button"
              onClick={() => onAsk(suggestion)}
              className="flex size-full items-center justify-between gap-3 rounded-md border border-line bg-surface px-3.5 py-2.5 text-left text-ink-soft hover:border-accent/50 hover:bg-accent-soft hover:text-ink"
            >
              {suggestion}
              <Icon name="send" className="size-3.5 rotate-90 text-ink-faint" />
            </button>
          </li>
        ))}
      </ul>
      {onBringBack && (
        <Button look="quiet" onClick={onBringBack} className="mt-4 -ml-3">
          <Icon name="again" className="size-3.5 -scale-x-100" /> Bring back the last chat
        </Button>
      )}
    </section>
  );
}
