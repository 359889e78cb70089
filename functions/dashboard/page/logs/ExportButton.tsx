import { useState } from 'react';
import type { ExportFormat } from '../../../_shared/store/request-logs.ts';
import { formatDateTime } from '../../../_shared/ui/format.ts';
import { describeValue, filterFields, filterNames } from '../filter.ts';
import { useKeyNames } from '../key-names.ts';
import { Popup } from '../parts/Popup.tsx';
import { resolveRange } from '../range.ts';
import { addressOf } from '../server.ts';
import type { ViewState } from '../url-state.ts';

const formats: Record<ExportFormat, { name: string; about: string }> = {
  csv: { name: 'CSV', about: 'for spreadsheets' },
  jsonl: { name: 'JSON Lines', about: 'for programs' },
};

/** Everything that matches, not only this page, as a file that the browser takes by itself. */
export function ExportButton({ view, zone }: { view: ViewState; zone: string }) {
  return (
    <Popup label="Export" align="right">
      {(close) => <Choice view={view} zone={zone} onChosen={close} />}
    </Popup>
  );
}

function Choice({
  view: { range, filter },
  zone,
  onChosen,
}: {
  view: ViewState;
  zone: string;
  onChosen: () => void;
}) {
  // What the file will hold is said once, and does not move on while it is read.
  const [{ from, to }] = useState(() => resolveRange(range, Date.now(), zone));
  const keyName = useKeyNames(filter.key_id === undefined ? [] : [filter.key_id]);
  const on = filterNames.flatMap((name) => {
    const value = filter[name];
    if (value === undefined) return [];
    const words = name === 'key_id' ? keyName(value) : describeValue(name, value);
    return [`${filterFields[name].label}: ${words}`];
  });
  return (
    <div className="space-y-3">
      <dl className="space-y-1 text-xs">
        <Line name="Calls">{on.length === 0 ? 'all' : on.join(' · ')}</Line>
        <Line name="From">{formatDateTime(from)}</Line>
        <Line name="To">{formatDateTime(to)}</Line>
      </dl>
      <p className="text-xs text-ink-soft">
        All that match, newest first, with times in UTC and costs in nano-dollars. Of prompts and
        answers the first 200 characters.
      </p>
      <div className="flex gap-2">
        {(Object.keys(formats) as ExportFormat[]).map((format) => (
          <a
            key={format}
            href={addressOf('request-logs/export', { format, from, to, ...filter })}
            download
            // The browser follows the link first.
            onClick={() => setTimeout(onChosen)}
            title={formats[format].about}
            className="inline-flex min-h-8 flex-1 items-center justify-center rounded-md border border-line-strong px-3 py-1 font-medium hover:bg-hover"
          >
            {formats[format].name}
          </a>
        ))}
      </div>
    </div>
  );
}

function Line({ name, children }: { name: string; children: string }) {
  return (
    <div className="flex gap-2">
      <dt className="w-10 shrink-0 text-ink-faint">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
