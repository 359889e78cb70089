import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../../../_shared/ui/Button.tsx';

/** A button with a panel below it, which Esc and a click elsewhere close. */
export function Popup({
  label,
  align = 'left',
  children,
}: {
  label: string;
  /** Which edge of the button the panel keeps to. */
  align?: 'left' | 'right';
  /** What is in the panel, given the way to close it. */
  children: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();

  const close = () => {
    setOpen(false);
    place.current?.querySelector('button')?.focus();
  };

  useEffect(() => {
    if (!open) return;
    panel.current?.querySelector<HTMLElement>('select, input, a, button')?.focus();
    const leave = (event: Event) => {
      if (!place.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [open]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears Esc from the controls within it
    <div
      ref={place}
      className="relative"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        close();
      }}
    >
      <Button
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {label}
      </Button>
      {open && (
        <div
          id={id}
          ref={panel}
          role="dialog"
          aria-label={label}
          className={`z-10 mt-1 rounded-lg border border-line-strong bg-surface p-4 shadow-raised max-sm:fixed max-sm:inset-x-3 sm:absolute sm:w-80 ${align === 'left' ? 'sm:left-0' : 'sm:right-0'}`}
        >
          {children(close)}
        </div>
      )}
    </div>
  );
}
