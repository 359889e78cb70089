import { useQuery } from '@tanstack/react-query';
import { localTimeZone } from '../../../_shared/ui/format.ts';
import type { FacetsAnswer } from '../../api/usage.ts';
import {
  describeValue,
  type FilterName,
  filterFields,
  filterNames,
  withFilter,
} from '../filter.ts';
import { useKeyNames } from '../key-names.ts';
import { resolveRange } from '../range.ts';
import { get } from '../server.ts';
import { statuses, statusLooks } from '../statuses.ts';
import type { ViewState } from '../url-state.ts';
import { AddFilter } from './AddFilter.tsx';
import { Chip } from './Chip.tsx';
import { Popup } from './Popup.tsx';

export interface FiltersProps {
  view: ViewState;
  onChange: (change: Partial<ViewState>) => void;
}

const field =
  'min-h-8 w-32 rounded-md border border-line-strong bg-surface px-2 py-1 text-ink hover:bg-hover';

/** What to narrow by, and what it is narrowed by now, each as a chip that takes itself off. */
export function Filters({
  view,
  onChange,
  takes = () => true,
}: FiltersProps & {
  /** The filters that mean something here. */
  takes?: (name: FilterName) => boolean;
}) {
  const { filter, range } = view;
  const set = (name: FilterName, value: string | null) =>
    onChange({ filter: withFilter(filter, name, value) });
  const models = useQuery({
    queryKey: ['facets', 'model', range],
    queryFn: ({ signal }) => {
      const { from, to } = resolveRange(range, Date.now(), localTimeZone());
      return get<FacetsAnswer>('facets', { by: 'model', from, to }, signal);
    },
    staleTime: 30_000,
  });
  const keyName = useKeyNames(filter.key_id === undefined ? [] : [filter.key_id]);
  // The search has a box of its own.
  const here = filterNames.filter((name) => name !== 'text' && takes(name));
  const quick: FilterName[] = ['model', 'status'];
  const more = here.filter((name) => filter[name] === undefined && !quick.includes(name));

  return (
    <>
      {filter.model === undefined && (
        <Quick name="model" any="Any model" onChoose={set}>
          {(models.data?.values ?? [])
            .map(({ value }) => value)
            .sort((a, b) => a.localeCompare(b))
            .map((value) => [value, value])}
        </Quick>
      )}
      {filter.status === undefined && (
        <Quick name="status" any="Any status" onChoose={set}>
          {statuses.map((status) => [status, statusLooks[status].word])}
        </Quick>
      )}
      {here.map((name) => {
        const value = filter[name];
        if (value === undefined) return null;
        return (
          <Chip
            key={name}
            name={filterFields[name].label}
            value={name === 'key_id' ? keyName(value) : describeValue(name, value)}
            onRemove={() => set(name, null)}
          />
        );
      })}
      {more.length > 0 && (
        <Popup label="Add filter">
          {(close) => (
            <AddFilter
              names={more}
              range={range}
              onAdd={(name, value) => {
                close();
                set(name, value);
              }}
            />
          )}
        </Popup>
      )}
    </>
  );
}

/** The filters that are needed most, without a form. */
function Quick({
  name,
  any,
  onChoose,
  children,
}: {
  name: FilterName;
  any: string;
  onChoose: (name: FilterName, value: string) => void;
  /** Value and word of each choice. */
  children: [string, string][];
}) {
  return (
    <select
      aria-label={filterFields[name].label}
      value=""
      onChange={(event) => onChoose(name, event.target.value)}
      className={field}
    >
      <option value="">{any}</option>
      {children.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  );
}
