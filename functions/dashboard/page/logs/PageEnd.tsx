import { Button } from '../../../_shared/ui/Button.tsx';
import { formatDateTime } from '../../../_shared/ui/format.ts';
import type { EpochMs } from '../../../_shared/units.ts';

export interface PageEndProps {
  /** Rows on this page. */
  count: number;
  lookedBackTo: EpochMs;
  isNewest: boolean;
  isLooking: boolean;
  onNewest: () => void;
  /** Undefined where there is nothing older. */
  onOlder: (() => void) | undefined;
  /** Set while the page is not full, though there is more to look through. */
  onFurther: (() => void) | undefined;
}

/** How much of the log is on the page, how far it was looked through, and the ways on. */
export function PageEnd(props: PageEndProps) {
  const { count, lookedBackTo, isLooking, onFurther, onOlder } = props;
  const calls = `${count} ${count === 1 ? 'call' : 'calls'} on this page`;
  return (
    <div className="flex flex-wrap items-center gap-2 px-3 pt-3 sm:px-5">
      {!props.isNewest && <Button onClick={props.onNewest}>Newest</Button>}
      {count > 0 && onFurther && <Further isLooking={isLooking} onFurther={onFurther} />}
      {!onFurther && onOlder && <Button onClick={onOlder}>Older</Button>}
      <span className="text-xs text-ink-faint" role="status">
        {count > 0 &&
          (onFurther
            ? `${calls}. Looked back to ${formatDateTime(lookedBackTo)}; there is more before that.`
            : `${calls}${onOlder ? '' : ', to the end of the range'}`)}
      </span>
    </div>
  );
}

/** A part of the time was looked through, and nothing is in it: that is not yet an answer. */
export function NothingSoFar({
  lookedBackTo,
  isLooking,
  onFurther,
}: Pick<PageEndProps, 'lookedBackTo' | 'isLooking'> & { onFurther: () => void }) {
  return (
    <section className="rounded-lg border border-dashed border-line-strong px-4 py-10 text-center">
      <h2 className="font-semibold">Nothing found so far</h2>
      <p role="status" className="mt-1 mb-3 text-ink-soft">
        Looked back to {formatDateTime(lookedBackTo)}; there is more before that.
      </p>
      <Further isLooking={isLooking} onFurther={onFurther} />
    </section>
  );
}

function Further({ isLooking, onFurther }: { isLooking: boolean; onFurther: () => void }) {
  return (
    <Button onClick={onFurther} disabled={isLooking}>
      {isLooking ? 'Looking…' : 'Look further back'}
    </Button>
  );
}
