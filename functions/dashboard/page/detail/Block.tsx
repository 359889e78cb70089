import { type ReactNode, useId } from 'react';

/** A titled part of the detail pane. `aside` stands at the right of the title. */
export function Block({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line pb-1">
        <h3 id={id} className="text-xs font-semibold tracking-wide text-ink-soft">
          {title}
        </h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
