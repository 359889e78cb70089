export type Theme = 'light' | 'dark';

/** The early script of both pages (public/early-theme.js) reads the same key before first paint. */
const storageKey = 'tallygate-theme';

const prefersDark = () => matchMedia('(prefers-color-scheme: dark)');
const systemTheme = (): Theme => (prefersDark().matches ? 'dark' : 'light');

/** The theme on screen: what the person chose, else the system's. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : systemTheme();
}

/**
 * Changes to the other theme and remembers it. Back on the system's own theme nothing is kept, so
 * that the page follows the system again.
 */
export function toggleTheme(): Theme {
  const next = currentTheme() === 'dark' ? 'light' : 'dark';
  if (next === systemTheme()) {
    delete document.documentElement.dataset.theme;
    remember(null);
  } else {
    document.documentElement.dataset.theme = next;
    remember(next);
  }
  return next;
}

/** Calls `listener` whenever the theme on screen may have changed. Returns the way to stop. */
export function onThemeChange(listener: () => void): () => void {
  const system = prefersDark();
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  system.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    system.removeEventListener('change', listener);
  };
}

function remember(theme: Theme | null): void {
  try {
    if (theme === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, theme);
  } catch {
    // Storage is barred in some private windows; the choice then lasts as long as the page.
  }
}
