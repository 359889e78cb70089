/** A choice of one among few, as a row of small buttons. */
export function Segments<Name extends string>({
  label,
  names,
  chosen,
  onChoose,
}: {
  label: string;
  /** The words of each choice. */
  names: Record<Name, string>;
  chosen: Name;
  onChoose: (name: Name) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of buttons in all browsers
    <div role="group" aria-label={label} className="flex flex-wrap gap-1 text-xs">
      {(Object.keys(names) as Name[]).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === chosen}
          onClick={() => onChoose(name)}
          className={`min-h-6 rounded-md px-2 ${name === chosen ? 'bg-accent-soft font-medium text-accent-strong' : 'text-ink-soft hover:bg-hover'}`}
        >
          {names[name]}
        </button>
      ))}
    </div>
  );
}
