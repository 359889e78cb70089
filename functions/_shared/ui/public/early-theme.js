// Runs before the first paint, so that a chosen dark theme does not flash light. The page's
// content security policy allows no inline script.
try {
  const theme = localStorage.getItem('tallygate-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is barred in some private windows: the system's theme it is.
}
