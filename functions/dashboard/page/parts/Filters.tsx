import { useQuery } from '@tanstack/react-query';
import type { CallStatus } from '../../../_shared/events/types.ts';
import type { ModelsAnswer } from '../../api/usage.ts';
import { get } from '../server.ts';
import { statuses, statusLooks } from '../statuses.ts';
import type { ViewState } from '../url-state.ts';

export interface FiltersProps {
  view: ViewState;
  onChange: (change: Partial<ViewState>) => void;
}

const field =
  'min-h-8 max-w-56 rounded-md border border-line-strong bg-surface px-2 py-1 text-ink hover:bg-hover';

/** What to narrow by, and what it is narrowed by now, each as a chip that takes itself off. */
export function Filters({ view, onChange }: FiltersProps) {
  const models = useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => get<ModelsAnswer>('models', {}, signal),
    staleTime: 30_000,
  });
  const names = models.data?.models ?? [];
  return (
    <div className="flex flex-wrap items-center gap-2">
      {view.model === null ? (
        <select
          aria-label="Model"
          value=""
          onChange={(event) => onChange({ model: event.target.value })}
          className={field}
        >
          <option value="">Any model</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      ) : (
        <Chip name="Model" value={view.model} onRemove={() => onChange({ model: null })} />
      )}
      {view.status === null ? (
        <select
          aria-label="Status"
          value=""
          onChange={(event) => onChange({ status: event.target.value as CallStatus })}
          className={field}
        >
          <option value="">Any status</option>
          {statuses.map((status) => (
            <option key={status} value={status}>
              {statusLooks[status].word}
            </option>
          ))}
        </select>
      ) : (
        <Chip
          name="Status"
          value={statusLooks[view.status].word}
          onRemove={() => onChange({ status: null })}
        />
      )}
    </div>
  );
}

function Chip({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }) {
  return (
    <span className="inline-flex min-h-8 max-w-72 items-center rounded-md border border-accent/50 bg-accent-soft pl-2.5 text-accent-strong">
      <span className="truncate" title={value}>
        {name}: <strong className="font-semibold">{value}</strong>
      </span>
      <button
        type="button"
        onClick={onRemove}
        aria-label={`Remove the filter ${name}: ${value}`}
        className="ml-1 grid size-7 shrink-0 place-items-center rounded-md hover:bg-surface"
      >
        <svg
          viewBox="0 0 16 16"
          className="size-3.5"
          stroke="currentColor"
          strokeWidth="1.6"
          aria-hidden
        >
          <path d="m4 4 8 8M12 4l-8 8" strokeLinecap="round" />
        </svg>
      </button>
    </span>
  );
}
