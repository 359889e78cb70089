import type { RequestLogDetail } from '../../../_shared/store/request-logs.ts';
import { formatLatency } from '../../../_shared/ui/format.ts';
import { Block } from './Block.tsx';
import { phasesOf } from './phases.ts';

/** Where the time went, as a bar and in figures. */
export function Timing({ log }: { log: RequestLogDetail }) {
  const phases = phasesOf(log);
  if (phases.length === 0) return null;
  const outputPerSecond = speedOf(log);
  return (
    <Block
      title="Timing"
      aside={
        <span className="text-xs text-ink-faint">
          {formatLatency(log.latency_ms)} in all
          {outputPerSecond && ` · ${outputPerSecond} tokens/s`}
        </span>
      }
    >
      <div className="flex h-2.5 gap-px overflow-hidden rounded-[3px]" aria-hidden>
        {phases.map(({ name, ms, color }) => (
          <span
            key={name}
            className={`min-w-0.5 ${color}`}
            style={{ flexGrow: ms, flexBasis: 0 }}
          />
        ))}
      </div>
      <dl className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
        {phases.map(({ name, ms, color }) => (
          <div key={name} className="flex items-center gap-1.5">
            <span className={`size-2 rounded-[2px] ${color}`} aria-hidden />
            <dt className="text-ink-soft">{name}</dt>
            <dd>{formatLatency(ms)}</dd>
          </div>
        ))}
        {log.time_to_first_token_ms !== null && (
          <div className="flex gap-1.5">
            <dt className="text-ink-soft">First token after</dt>
            <dd>{formatLatency(log.time_to_first_token_ms)}</dd>
          </div>
        )}
      </dl>
    </Block>
  );
}

/** Output tokens a second while it streamed; null where the stream was too short to tell. */
function speedOf({ latency_ms, time_to_first_token_ms, tokens }: RequestLogDetail): string | null {
  if (latency_ms === null || time_to_first_token_ms === null) return null;
  const seconds = (latency_ms - time_to_first_token_ms) / 1000;
  const count = tokens.output + tokens.reasoning;
  return seconds > 0.05 && count > 1
    ? (count / seconds).toFixed(count / seconds < 10 ? 1 : 0)
    : null;
}
