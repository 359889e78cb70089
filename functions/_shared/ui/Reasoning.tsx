import { Markdown } from './Markdown.tsx';

/** What a model thought before it answered, folded away. */
export function Reasoning({ text, streaming = false }: { text: string; streaming?: boolean }) {
  return (
    <details className="rounded-md border border-reasoning/30 bg-reasoning-soft px-3 py-1.5">
      <summary className="text-xs font-semibold text-reasoning">Reasoning</summary>
      <div className="mt-1 text-ink-soft">
        <Markdown text={text} streaming={streaming} />
      </div>
    </details>
  );
}
