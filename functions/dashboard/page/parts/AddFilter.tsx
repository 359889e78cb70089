import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '../../../_shared/ui/Button.tsx';
import { localTimeZone } from '../../../_shared/ui/format.ts';
import type { FacetsAnswer } from '../../api/usage.ts';
import { enteredFilter, type FilterName, filterFields, narrowsUsage } from '../filter.ts';
import { useKeyNames } from '../key-names.ts';
import { type Range, resolveRange } from '../range.ts';
import { get } from '../server.ts';
import { statuses, statusLooks } from '../statuses.ts';

const field =
  'mt-1 min-h-8 w-full rounded-md border border-line-strong bg-surface px-2 py-1 text-ink';

/** A form for one more filter: what to narrow by, and to what. */
export function AddFilter({
  names,
  range,
  onAdd,
}: {
  names: FilterName[];
  range: Range;
  onAdd: (name: FilterName, value: string) => void;
}) {
  const [name, setName] = useState<FilterName>(names[0] ?? 'model');
  const [fault, setFault] = useState('');

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = String(new FormData(event.currentTarget).get('value'));
    const value = enteredFilter(name, entered);
    if (value === null) setFault(faultOf(name));
    else onAdd(name, value);
  };

  return (
    <form onSubmit={submit} className="space-y-3">
      <label className="block">
        <span className="text-xs text-ink-soft">Narrow by</span>
        <select
          value={name}
          onChange={(event) => {
            setName(event.target.value as FilterName);
            setFault('');
          }}
          className={field}
        >
          {names.map((one) => (
            <option key={one} value={one}>
              {filterFields[one].label}
            </option>
          ))}
        </select>
      </label>
      <ValueField key={name} name={name} range={range} />
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary">
          Add
        </Button>
        <span role="alert" className="text-xs text-bad">
          {fault}
        </span>
      </div>
    </form>
  );
}

function ValueField({ name, range }: { name: FilterName; range: Range }) {
  const { kind, words = [], usual = [] } = filterFields[name];
  const listId = useId();
  const facets = useFacets(name, range);
  const keyName = useKeyNames(name === 'key_id' ? facets : []);

  if (kind === 'status' || kind === 'flag' || kind === 'only_true') {
    const options: [string, string | undefined][] =
      kind === 'status'
        ? statuses.map((status) => [status, statusLooks[status].word])
        : (['true', 'false'] as const).map((value, index) => [value, words[index]]);
    return (
      <label className="block">
        <span className="text-xs text-ink-soft">{hintOf(name)}</span>
        <select name="value" className={field}>
          {(kind === 'only_true' ? options.slice(0, 1) : options).map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <label className="block">
      <span className="text-xs text-ink-soft">{hintOf(name)}</span>
      <input
        name="value"
        required
        maxLength={512}
        list={listId}
        autoComplete="off"
        inputMode={kind === 'number' ? 'numeric' : kind === 'dollars' ? 'decimal' : undefined}
        className={field}
      />
      <datalist id={listId}>
        {[...facets, ...usual].map((value) => (
          <option key={value} value={value}>
            {name === 'key_id' ? keyName(value) : undefined}
          </option>
        ))}
      </datalist>
    </label>
  );
}

/** What calls of the time have of it; nothing where it is not counted by. */
function useFacets(name: FilterName, range: Range): string[] {
  const by = narrowsUsage(name) ? name : undefined;
  const { data } = useQuery({
    queryKey: ['facets', by, range],
    queryFn: ({ signal }) => {
      const { from, to } = resolveRange(range, Date.now(), localTimeZone());
      return get<FacetsAnswer>('facets', { by, from, to }, signal);
    },
    enabled: by !== undefined && by !== 'status',
    staleTime: 30_000,
  });
  return data?.values.map(({ value }) => value) ?? [];
}

function hintOf(name: FilterName): string {
  if (name === 'min_cost_nanos') return 'Dollars';
  if (name === 'min_latency_ms') return 'Milliseconds';
  if (name === 'error_text') return 'Part of the error’s message';
  if (name === 'key_id') return 'The key’s hash, all of it';
  return 'Value';
}

function faultOf(name: FilterName): string {
  const { kind } = filterFields[name];
  if (kind === 'dollars') return 'Give an amount, such as 0.05.';
  return kind === 'number' ? 'Give a whole number.' : 'Give a value of up to 512 letters.';
}
