import type { UsageDimension } from '../../_shared/store/usage.ts';
import { checkFilter, dimensions, type Filter, filterNames } from './filter.ts';
import { defaultRange, type Range, relativeRanges } from './range.ts';

/** All that a view is made of. The address bar is the only place where it is kept. */
export interface ViewState {
  range: Range;
  filter: Filter;
  /** What Usage is broken down by. */
  by: UsageDimension;
}

export const defaultView: ViewState = { range: defaultRange, filter: {}, by: 'model' };

/** The view that a query string asks for; what it does not say, or says wrongly, is the default. */
export function readView(search: string): ViewState {
  const query = new URLSearchParams(search);
  const by = dimensions.find((dimension) => dimension === query.get('by'));
  return { range: readRange(query), filter: readFilter(query), by: by ?? defaultView.by };
}

/**
 * The query string of a view, with its `?`, or nothing. The default is left out, so that a shared
 * link carries only what was chosen; a relative range stays relative.
 */
export function writeView({ range, filter, by }: ViewState): string {
  const query = new URLSearchParams();
  if (range.kind === 'custom') {
    query.set('from', new Date(range.from).toISOString());
    query.set('to', new Date(range.to).toISOString());
  } else if (defaultRange.kind !== 'relative' || range.name !== defaultRange.name) {
    query.set('range', range.name);
  }
  for (const name of filterNames) {
    const value = filter[name];
    if (value !== undefined) query.set(name, value);
  }
  if (by !== defaultView.by) query.set('by', by);
  const text = query.toString();
  return text && `?${text}`;
}

function readFilter(query: URLSearchParams): Filter {
  const filter: Filter = {};
  for (const name of filterNames) {
    const value = checkFilter(name, query.get(name) ?? '');
    if (value !== null) filter[name] = value;
  }
  return filter;
}

function readRange(query: URLSearchParams): Range {
  const name = query.get('range');
  if (name !== null && Object.hasOwn(relativeRanges, name)) {
    return { kind: 'relative', name: name as keyof typeof relativeRanges };
  }
  const from = Date.parse(query.get('from') ?? '');
  const to = Date.parse(query.get('to') ?? '');
  return from >= 0 && from < to ? { kind: 'custom', from, to } : defaultRange;
}
