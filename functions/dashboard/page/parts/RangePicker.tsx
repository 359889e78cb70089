import { type FormEvent, useState } from 'react';
import { Button } from '../../../_shared/ui/Button.tsx';
import { type Range, type RelativeName, relativeRanges, resolveRange } from '../range.ts';

const segment =
  'min-h-8 px-3 py-1 font-medium whitespace-nowrap first:rounded-l-md last:rounded-r-md';
const chosen = 'bg-accent-soft text-accent-strong';
const other = 'text-ink-soft hover:bg-hover hover:text-ink';

/** The usual ranges as buttons, and any other by its two ends. */
export function RangePicker({
  range,
  zone,
  onChange,
}: {
  range: Range;
  zone: string;
  onChange: (range: Range) => void;
}) {
  const [choosing, setChoosing] = useState(false);
  const custom = choosing || range.kind === 'custom';
  return (
    <div className="flex flex-wrap items-center gap-2">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of buttons in all browsers */}
      <div
        role="group"
        aria-label="Time range"
        className="flex divide-x divide-line rounded-md border border-line-strong bg-surface"
      >
        {(Object.keys(relativeRanges) as RelativeName[]).map((name) => {
          const pressed = !custom && range.kind === 'relative' && range.name === name;
          return (
            <button
              key={name}
              type="button"
              aria-pressed={pressed}
              aria-label={relativeRanges[name].phrase}
              onClick={() => {
                setChoosing(false);
                onChange({ kind: 'relative', name });
              }}
              className={`${segment} ${pressed ? chosen : other}`}
            >
              {relativeRanges[name].label}
            </button>
          );
        })}
        <button
          type="button"
          aria-pressed={custom}
          onClick={() => setChoosing(true)}
          className={`${segment} ${custom ? chosen : other}`}
        >
          Custom
        </button>
      </div>
      {custom && (
        <CustomRange
          key={range.kind === 'custom' ? range.from : 'new'}
          range={range}
          zone={zone}
          onChange={(next) => {
            setChoosing(false);
            onChange(next);
          }}
        />
      )}
    </div>
  );
}

function CustomRange({
  range,
  zone,
  onChange,
}: {
  range: Range;
  zone: string;
  onChange: (range: Range) => void;
}) {
  const [fault, setFault] = useState('');
  const [initial] = useState(() => resolveRange(range, Date.now(), zone));

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const from = Date.parse(String(given.get('from')));
    const to = Date.parse(String(given.get('to')));
    if (from < to) onChange({ kind: 'custom', from, to });
    else setFault('The start must be before the end.');
  };

  const field = 'min-h-8 rounded-md border border-line-strong bg-surface px-2 text-ink';
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <label className="inline-flex items-center gap-1.5">
        <span className="text-ink-soft">From</span>
        <input
          type="datetime-local"
          name="from"
          required
          defaultValue={toLocalField(initial.from)}
          className={field}
        />
      </label>
      <label className="inline-flex items-center gap-1.5">
        <span className="text-ink-soft">to</span>
        <input
          type="datetime-local"
          name="to"
          required
          defaultValue={toLocalField(initial.to)}
          className={field}
        />
      </label>
      <Button type="submit">Apply</Button>
      <span role="alert" className="text-bad empty:hidden">
        {fault}
      </span>
    </form>
  );
}

/** A moment as a datetime-local field wants it: the wall clock here, to the minute. */
function toLocalField(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
