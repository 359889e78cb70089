import { type FormEvent, useId, useState } from 'react';
import { Button } from '../../../_shared/ui/Button.tsx';
import { checkFilter } from '../filter.ts';

/** Searches prompts and answers. `onSearch` is given null to search no longer. */
export function SearchBox({
  text,
  onSearch,
}: {
  text: string | undefined;
  onSearch: (text: string | null) => void;
}) {
  const [fault, setFault] = useState('');
  const hintId = useId();

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = String(new FormData(event.currentTarget).get('text')).trim();
    const checked = checkFilter('text', entered);
    if (entered !== '' && checked === null) setFault('Give letters or digits to search for.');
    else onSearch(checked);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not known to all screen readers yet
    <form role="search" onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <input
        type="search"
        name="text"
        // A search that came with a link, or was taken off, is shown as it is.
        key={text}
        defaultValue={text}
        maxLength={512}
        aria-label="Search prompts and answers"
        aria-describedby={hintId}
        placeholder={'words, or "exact phrase"'}
        title="Calls whose prompt or answer holds all of these whole words; words in quotes in that order"
        className="min-h-8 w-64 max-w-full rounded-md border border-line-strong bg-surface px-2.5 py-1 text-ink"
      />
      <Button type="submit">Search</Button>
      {text !== undefined && (
        <Button look="quiet" className="px-2" onClick={() => onSearch(null)}>
          Clear
        </Button>
      )}
      <span id={hintId} className="sr-only">
        Words, or words in quotes for an exact phrase. Enter searches.
      </span>
      <span role="alert" className="text-xs text-bad empty:hidden">
        {fault}
      </span>
    </form>
  );
}
