import type { ReactNode } from 'react';
import { Icon } from '../../../_shared/ui/Icon.tsx';
import { type FilterName, filterFields } from '../filter.ts';

/**
 * A cell that narrows the list to its value, for the mouse. For the keyboard and for screen readers
 * the same is beside each identifier of an open call: a button in each cell would be hundreds.
 */
export function FilterCell({
  name,
  value,
  onFilter,
  children,
}: {
  name: FilterName;
  value: string;
  onFilter: (name: FilterName, value: string) => void;
  children: ReactNode;
}) {
  return (
    <span className="group/cell relative flex items-baseline">
      <span className="min-w-0 flex-1 truncate" title={value}>
        {children}
      </span>
      {value !== '' && (
        <button
          type="button"
          tabIndex={-1}
          aria-hidden
          onClick={() => onFilter(name, value)}
          title={`Only calls with this ${filterFields[name].label.toLowerCase()}`}
          className="absolute top-1/2 right-0 hidden size-6 -translate-y-1/2 place-items-center rounded-md border border-line-strong bg-surface text-ink-soft group-hover/cell:grid hover:text-accent"
        >
          <Icon name="only" />
        </button>
      )}
    </span>
  );
}
