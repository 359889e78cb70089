import { Button } from '../../../_shared/ui/Button.tsx';
import type { FiltersProps } from './Filters.tsx';

/** An empty answer: whether the filters or the time made it so, and the way out of each. */
export function Nothing({ view, onChange }: FiltersProps) {
  const filtered = view.model !== null || view.status !== null;
  const widest = view.range.kind === 'relative' && view.range.name === '30d';
  return (
    <section className="rounded-lg border border-dashed border-line-strong px-4 py-10 text-center">
      <h2 className="font-semibold">
        {filtered ? 'No call matches these filters in this time' : 'No call in this time'}
      </h2>
      <div className="mt-3 flex flex-wrap justify-center gap-2">
        {filtered && (
          <Button onClick={() => onChange({ model: null, status: null })}>Drop the filters</Button>
        )}
        {!widest && (
          <Button onClick={() => onChange({ range: { kind: 'relative', name: '30d' } })}>
            Look at the last 30 days
          </Button>
        )}
      </div>
    </section>
  );
}
