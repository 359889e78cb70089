import { useState } from 'react';
import { Button } from '../../../_shared/ui/Button.tsx';
import { CopyButton } from '../../../_shared/ui/CopyButton.tsx';
import { Markdown } from '../../../_shared/ui/Markdown.tsx';
import { Reasoning } from '../../../_shared/ui/Reasoning.tsx';
import type { Part, Turn } from './conversation.ts';

const looks: Record<string, { name: string; label: string; box: string }> = {
  system: { name: 'System', label: 'text-ink-soft', box: 'border-line bg-sunken' },
  developer: { name: 'Developer', label: 'text-ink-soft', box: 'border-line bg-sunken' },
  user: { name: 'User', label: 'text-accent-strong', box: 'border-accent/30 bg-accent-soft' },
  assistant: { name: 'Assistant', label: 'text-ink', box: 'border-line bg-surface' },
  tool: { name: 'Tool', label: 'text-warn', box: 'border-warn/30 bg-warn-soft' },
};

/** A long history is opened from its end, where the news is. */
const shownAtFirst = 12;

/** The call as the chat that it was. */
export function Conversation({ turns }: { turns: Turn[] }) {
  const [whole, setWhole] = useState(false);
  const hidden = whole ? 0 : Math.max(0, turns.length - shownAtFirst);
  return (
    <div className="space-y-2">
      {hidden > 0 && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          Show {hidden} earlier messages
        </Button>
      )}
      <ol className="space-y-2">
        {turns.slice(hidden).map((turn, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: turns have no id and never change
          <TurnBox key={hidden + index} turn={turn} />
        ))}
      </ol>
    </div>
  );
}

function TurnBox({ turn }: { turn: Turn }) {
  const look = looks[turn.role] ?? { name: turn.role, label: 'text-ink-soft', box: 'border-line' };
  const text = turn.parts.map((part) => ('text' in part ? part.text : '')).join('\n\n');
  return (
    <li className={`rounded-md border px-3 pt-1 pb-2.5 ${look.box}`}>
      <div className={`flex min-h-6 items-center gap-2 text-xs font-semibold ${look.label}`}>
        {look.name}
        {turn.name && <span className="truncate font-mono font-normal">{turn.name}</span>}
        {text && <CopyButton text={text} what="message" className="ml-auto" />}
      </div>
      <div className="space-y-2">
        {turn.parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no id and never change
          <PartBox key={index} part={part} />
        ))}
      </div>
    </li>
  );
}

function PartBox({ part }: { part: Part }) {
  switch (part.kind) {
    case 'text':
      return <Markdown text={part.text} />;
    case 'refusal':
      return <p className="text-bad">{part.text}</p>;
    case 'other':
      return <p className="text-ink-faint">[{part.what}: see the raw JSON]</p>;
    case 'reasoning':
      return <Reasoning text={part.text} />;
    case 'tool_call':
      return (
        <figure className="rounded-md border border-line bg-sunken">
          <figcaption className="flex flex-wrap items-center gap-x-2 border-b border-line py-0.5 pr-1 pl-3 text-xs">
            <span className="text-ink-soft">Calls</span>
            <strong className="font-mono font-semibold">{part.name}</strong>
            <span className="truncate font-mono text-ink-faint">{part.id}</span>
            <CopyButton text={part.arguments} what="arguments" className="ml-auto" />
          </figcaption>
          <pre className="overflow-x-auto px-3 py-1.5 font-mono text-xs whitespace-pre-wrap">
            {part.arguments}
          </pre>
        </figure>
      );
  }
}
