import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useLayoutEffect,
  useState,
} from 'react';
import { Button } from '../../_shared/ui/Button.tsx';
import { formatCount } from '../../_shared/ui/format.ts';
import { Icon } from '../../_shared/ui/Icon.tsx';
import { longestMessage } from '../limits.ts';

export interface ComposerProps {
  field: RefObject<HTMLTextAreaElement | null>;
  /** What stands in the field at first: a draft, or the question that is edited. */
  initial: string;
  isEditing: boolean;
  isAnswering: boolean;
  onText: (text: string) => void;
  onSend: (text: string) => void;
  onStop: () => void;
  /** Up in an empty field. */
  onEditLast: () => void;
  onCancelEdit: () => void;
  /** The model picker. */
  children: ReactNode;
}

/** Where questions are written. Enter sends, Shift+Enter begins a new line. */
export function Composer(props: ComposerProps) {
  const { field, isEditing, isAnswering, onText, onSend, onCancelEdit } = props;
  const [text, setText] = useState(props.initial);
  const isTooLong = text.length > longestMessage;
  const canSend = text.trim() !== '' && !isTooLong && !isAnswering;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [text]);

  const write = (next: string) => {
    setText(next);
    onText(next);
  };
  const send = () => {
    if (!canSend) return;
    write('');
    onSend(text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter picks a word.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp' && text === '' && !isAnswering) {
      event.preventDefault();
      props.onEditLast();
    } else if (event.key === 'Escape' && isEditing) {
      onCancelEdit();
    }
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="rounded-lg border border-line-strong bg-surface shadow-raised focus-within:border-accent focus-within:outline-1 focus-within:outline-accent"
    >
      {isEditing && (
        <p className="flex items-center justify-between border-b border-line px-3.5 py-1 text-xs text-ink-soft">
          This takes the place of your last question and its answer.
          <Button look="quiet" onClick={onCancelEdit} className="min-h-6 px-2 text-xs">
            Cancel
          </Button>
        </p>
      )}
      <textarea
        ref={field}
        rows={1}
        value={text}
        onChange={(event) => write(event.target.value)}
        onKeyDown={onKeyDown}
        // biome-ignore lint/a11y/noAutofocus: the page is for writing into this field
        autoFocus
        aria-label="Your question"
        aria-describedby="composer-help"
        aria-invalid={isTooLong}
        placeholder="Ask anything"
        enterKeyHint="send"
        className="block max-h-[40dvh] w-full resize-none bg-transparent px-3.5 pt-3 pb-1 text-[16px] outline-none sm:text-base"
      />
      <div className="flex items-center gap-2 pr-2 pb-2 pl-2.5">
        {props.children}
        <p id="composer-help" className="ml-auto min-w-0 truncate text-xs text-ink-faint">
          {isTooLong ? (
            <span role="alert" className="text-bad">
              {formatCount(text.length)} characters; {formatCount(longestMessage)} are taken
            </span>
          ) : (
            <span className="max-sm:sr-only">
              {isAnswering ? 'Esc stops' : 'Enter sends, Shift+Enter for a new line'}
            </span>
          )}
        </p>
        {isAnswering ? (
          <Button onClick={props.onStop}>
            <span className="size-2.5 rounded-[2px] bg-current" aria-hidden /> Stop
          </Button>
        ) : (
          <Button type="submit" look="primary" disabled={!canSend}>
            Send <Icon name="send" />
          </Button>
        )}
      </div>
    </form>
  );
}
