/** The mark, tallied stroke by stroke over and over: an answer is on its way. */
export function Tally() {
  return (
    <svg viewBox="0 0 24 24" className="tally size-5" fill="none" strokeLinecap="round" aria-hidden>
      {[4.5, 9.5, 14.5, 19.5].map((x) => (
        <path
          key={x}
          d={`M${x} 4.5v15`}
          pathLength="1"
          className="stroke-ink-soft"
          strokeWidth="2"
        />
      ))}
      <path d="M2 17.5 22 6.5" pathLength="1" className="stroke-accent" strokeWidth="2.4" />
    </svg>
  );
}
