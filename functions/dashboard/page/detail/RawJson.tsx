import { useMemo, useState } from 'react';
import { Button } from '../../../_shared/ui/Button.tsx';
import { CopyButton } from '../../../_shared/ui/CopyButton.tsx';
import { formatCount } from '../../../_shared/ui/format.ts';

/** More text than this at once makes a browser stutter. */
const shownAtFirst = 100_000;

/** A body as indented JSON. A huge one shows its beginning; the copy is always whole. */
export function RawJson({ name, value }: { name: string; value: unknown }) {
  const text = useMemo(() => JSON.stringify(value, null, 2), [value]);
  const [whole, setWhole] = useState(false);
  const cut = !whole && text.length > shownAtFirst;
  return (
    <figure className="overflow-hidden rounded-md border border-line bg-sunken">
      <figcaption className="flex items-center justify-between border-b border-line py-0.5 pr-1 pl-3 text-xs text-ink-soft">
        {name}
        <CopyButton text={text} what={`the ${name.toLowerCase()} as JSON`} />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        className="max-h-[32rem] overflow-auto px-3 py-2 font-mono text-xs leading-relaxed break-words whitespace-pre-wrap"
      >
        {cut ? text.slice(0, shownAtFirst) : text}
      </pre>
      {cut && (
        <p className="flex flex-wrap items-center gap-3 border-t border-line px-3 py-2 text-xs text-ink-soft">
          The first {formatCount(shownAtFirst)} of {formatCount(text.length)} characters.
          <Button onClick={() => setWhole(true)}>Show all</Button>
        </p>
      )}
    </figure>
  );
}
