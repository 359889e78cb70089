import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';
import { readView, type ViewState, writeView } from './url-state.ts';

/** The view in the address bar, and the way to change a part of it (a step that Back undoes). */
export function useView(): [ViewState, (change: Partial<ViewState>) => void] {
  const search = useSearch();
  const [path, navigate] = useLocation();
  const view = useMemo(() => readView(search), [search]);
  return [view, (change) => navigate(path + writeView({ ...view, ...change }))];
}
