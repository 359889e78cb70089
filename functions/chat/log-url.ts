/** Where the dashboard shows a call; null when nobody said where the dashboard is. */
export function logUrl(dashboardUrl: string | null, callId: string | null): string | null {
  if (!dashboardUrl || !callId) return null;
  return new URL(`/ui/logs/${encodeURIComponent(callId)}`, dashboardUrl).href;
}
