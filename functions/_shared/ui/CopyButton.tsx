import { useEffect, useState } from 'react';
import { Icon } from './Icon.tsx';

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

  const icons = { copied: 'done', failed: 'cross' } as const;
  const said = { copied: 'Copied', failed: 'Could not copy' };
  return (
    <button
      type="button"
      onClick={copy}
      aria-label={children ? undefined : `Copy ${what}`}
      title={`Copy ${what}`}
      className={`inline-flex min-h-6 min-w-6 shrink-0 items-center justify-center gap-1.5 rounded-md px-1 text-ink-faint hover:bg-hover hover:text-ink ${className}`}
    >
      <Icon name={outcome === null ? 'copy' : icons[outcome]} />
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
