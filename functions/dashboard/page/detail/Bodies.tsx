import { useMemo, useState } from 'react';
import type { RequestLogDetail } from '../../../_shared/store/request-logs.ts';
import { Block } from './Block.tsx';
import { Conversation } from './Conversation.tsx';
import { readConversation } from './conversation.ts';
import { RawJson } from './RawJson.tsx';

/** What was asked and answered, as a chat to read or as the JSON that was sent. */
export function Bodies({ log }: { log: RequestLogDetail }) {
  const turns = useMemo(() => readConversation(log.request, log.response), [log]);
  const [raw, setRaw] = useState(turns.length === 0);

  if (log.request === null && log.response === null) {
    return (
      <Block title="Request and response">
        <p className="text-ink-soft">
          {log.bodies_withheld
            ? `The bodies were not kept: ${log.bodies_withheld}`
            : 'There are no bodies: the call ended before one was read.'}
        </p>
      </Block>
    );
  }
  const views = [
    { name: 'Chat', chosen: !raw, choose: () => setRaw(false), disabled: turns.length === 0 },
    { name: 'Raw JSON', chosen: raw, choose: () => setRaw(true), disabled: false },
  ];
  return (
    <Block
      title="Request and response"
      aside={
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as one row of buttons in all browsers
        <div role="group" aria-label="Show as" className="flex gap-1 text-xs">
          {views.map(({ name, chosen, choose, disabled }) => (
            <button
              key={name}
              type="button"
              aria-pressed={chosen}
              disabled={disabled}
              onClick={choose}
              className={`min-h-6 rounded-md px-2 disabled:opacity-50 ${chosen ? 'bg-accent-soft font-medium text-accent-strong' : 'text-ink-soft hover:bg-hover'}`}
            >
              {name}
            </button>
          ))}
        </div>
      }
    >
      {raw ? (
        <div className="space-y-4">
          <RawJson name="Request" value={log.request} />
          <RawJson name="Response" value={log.response} />
        </div>
      ) : (
        <Conversation turns={turns} />
      )}
      {log.bodies_withheld && (
        <p className="mt-2 text-xs text-ink-faint">Not all was kept: {log.bodies_withheld}</p>
      )}
    </Block>
  );
}
