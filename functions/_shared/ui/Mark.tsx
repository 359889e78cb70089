/**
 * The mark: four tally strokes and the fifth across them, which is also a five-barred gate. The
 * size follows `className`.
 */
export function Mark({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" className={className} fill="none" strokeLinecap="round" aria-hidden>
      <path
        d="M4.5 4.5v15M9.5 4.5v15M14.5 4.5v15M19.5 4.5v15"
        className="stroke-current"
        strokeWidth="2"
      />
      <path d="M2 17.5 22 6.5" className="stroke-accent" strokeWidth="2.4" />
    </svg>
  );
}

/** The mark and the name beside it. */
export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 text-ink">
      <Mark className="size-5" />
      <span className="font-semibold tracking-tight">Tallygate</span>
    </span>
  );
}
