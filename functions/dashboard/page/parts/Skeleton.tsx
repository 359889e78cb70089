/** A grey shape where content will be. The one who shows it says "Loading" to screen readers. */
export function Skeleton({ className = '' }: { className?: string }) {
  return <span aria-hidden className={`block animate-pulse rounded-md bg-line/70 ${className}`} />;
}
