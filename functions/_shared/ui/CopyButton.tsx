import { useEffect, useState } from 'react';

export interface CopyButtonProps {
  text: string | (() => string);
  /** What is copied, for the button's name: "request id" makes "Copy request id". */
  what: string;
  /** Words beside the icon; without them the button is an icon alone. */
  children?: string;
  className?: string;
}

/** Copies a text and says so, on screen and to screen readers. */
export function CopyButton({ text, what, children, className = '' }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);

  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), 1800);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => {
    try {
      await copyText(typeof text === 'string' ? text : text());
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
  };

  const said = { copied: 'Copied', failed: 'Could not copy' };
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={children ? undefined : `Copy ${what}`}
      title={`Copy ${what}`}
      className={`inline-flex min-h-6 min-w-6 shrink-0 items-center justify-center gap-1.5 rounded-md px-1 text-ink-faint hover:bg-hover hover:text-ink ${className}`}
    >
      <svg
        viewBox="0 0 16 16"
        className="size-3.5 shrink-0"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden
      >
        {outcome === 'copied' ? (
          <path d="m3 8.5 3.2 3.2L13 4.8" />
        ) : outcome === 'failed' ? (
          <path d="m4 4 8 8M12 4l-8 8" />
        ) : (
          <path d="M5.5 5.5h7.3v7.8H5.5zM10.4 5.4V2.7H3.2v7.9h2.2" />
        )}
      </svg>
      {children}
      <span aria-live="polite" className="sr-only">
        {outcome ? said[outcome] : ''}
      </span>
    </button>
  );
}

/** `navigator.clipboard` is there on https and localhost only; a gateway may be on neither. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (!copied) throw new Error('The browser refused to copy.');
}
