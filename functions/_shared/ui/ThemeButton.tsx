import { useSyncExternalStore } from 'react';
import { currentTheme, onThemeChange, toggleTheme } from './theme.ts';

/** Switches between light and dark. */
export function ThemeButton() {
  const theme = useSyncExternalStore(onThemeChange, currentTheme);
  const label = theme === 'dark' ? 'Use the light theme' : 'Use the dark theme';
  return (
    <button
      type="button"
      onClick={toggleTheme}
      aria-label={label}
      title={label}
      className="grid size-8 shrink-0 place-items-center rounded-md text-ink-soft hover:bg-hover hover:text-ink"
    >
      <svg viewBox="0 0 16 16" className="size-4" fill="none" stroke="currentColor" aria-hidden>
        {theme === 'dark' ? (
          <>
            <circle cx="8" cy="8" r="2.9" strokeWidth="1.4" />
            <path
              d="M8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1"
              strokeWidth="1.4"
              strokeLinecap="round"
            />
          </>
        ) : (
          <path
            d="M13.6 9.7A6 6 0 0 1 6.3 2.4a6 6 0 1 0 7.3 7.3Z"
            strokeWidth="1.4"
            strokeLinejoin="round"
          />
        )}
      </svg>
    </button>
  );
}
