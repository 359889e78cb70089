import { Button } from '../../../_shared/ui/Button.tsx';
import type { FiltersProps } from './Filters.tsx';

/** An empty answer: whether the filters or the time made it so, and the way out of each. */
export function Nothing({ view, onChange }: FiltersProps) {
  const { text } = view.filter;
  const filtered = Object.keys(view.filter).length > 0;
  const widest = view.range.kind === 'relative' && view.range.name === '30d';
  return (
    <section className="rounded-lg border border-dashed border-line-strong px-4 py-10 text-center">
      <h2 className="font-semibold">
        {filtered ? 'No call matches these filters in this time' : 'No call in this time'}
      </h2>
      {text !== undefined && (
        <p className="mx-auto mt-1 max-w-xl text-ink-soft">
          All of it was searched. Whole words are found, and only in calls whose prompt and answer
          are kept.
        </p>
      )}
      <div className="mt-3 flex flex-wrap justify-center gap-2">
        {filtered && <Button onClick={() => onChange({ filter: {} })}>Drop the filters</Button>}
        {!widest && (
          <Button onClick={() => onChange({ range: { kind: 'relative', name: '30d' } })}>
            Look at the last 30 days
          </Button>
        )}
      </div>
    </section>
  );
}
