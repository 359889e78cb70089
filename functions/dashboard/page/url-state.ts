import type { CallStatus } from '../../_shared/events/types.ts';
import { defaultRange, type Range, relativeRanges } from './range.ts';
import { isStatus } from './statuses.ts';

/** All that a view can be narrowed by. The address bar is the only place where it is kept. */
export interface ViewState {
  range: Range;
  model: string | null;
  status: CallStatus | null;
}

export const defaultView: ViewState = { range: defaultRange, model: null, status: null };

/** The view that a query string asks for; what it does not say, or says wrongly, is the default. */
export function readView(search: string): ViewState {
  const query = new URLSearchParams(search);
  const status = query.get('status');
  return {
    range: readRange(query),
    model: query.get('model') || null,
    status: isStatus(status) ? status : null,
  };
}

/**
 * The query string of a view, with its `?`, or nothing. The default is left out, so that a shared
 * link carries only what was chosen; a relative range stays relative.
 */
export function writeView({ range, model, status }: ViewState): string {
  const query = new URLSearchParams();
  if (range.kind === 'custom') {
    query.set('from', new Date(range.from).toISOString());
    query.set('to', new Date(range.to).toISOString());
  } else if (defaultRange.kind !== 'relative' || range.name !== defaultRange.name) {
    query.set('range', range.name);
  }
  if (model) query.set('model', model);
  if (status) query.set('status', status);
  const text = query.toString();
  return text && `?${text}`;
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
