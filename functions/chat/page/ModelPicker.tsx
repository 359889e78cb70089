export interface ModelPickerProps {
  models: string[];
  model: string | null;
  onPick: (model: string) => void;
}

/** Which model answers next. With only one there is nothing to pick, and it is just named. */
export function ModelPicker({ models, model, onPick }: ModelPickerProps) {
  if (model === null) return null;
  const names = models.includes(model) ? models : [model, ...models];
  if (names.length === 1) {
    return <span className="max-w-48 truncate px-1 text-xs text-ink-faint">{model}</span>;
  }
  return (
    <select
      aria-label="Model"
      value={model}
      onChange={(event) => onPick(event.target.value)}
      className="min-h-8 max-w-40 min-w-0 truncate rounded-md border border-transparent bg-transparent px-1 text-xs text-ink-soft hover:bg-hover hover:text-ink sm:max-w-56"
    >
      {names.map((name) => (
        <option key={name} className="bg-surface text-ink">
          {name}
        </option>
      ))}
    </select>
  );
}
