import { Icon } from '../../../_shared/ui/Icon.tsx';

/** A filter that is on, and takes itself off. */
export function Chip({
  name,
  value,
  onRemove,
}: {
  name: string;
  value: string;
  onRemove: () => void;
}) {
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
        <Icon name="cross" />
      </button>
    </span>
  );
}
