import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureChromium } from './system-tools.ts';

/** A real Chromium without a window, that asks nobody outside for anything. */
export async function startBrowser() {
  const browser: Browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
  });
  return {
    /** A page of a person of its own, and all that went wrong in it: scripts, policies, requests. */
    async open({ theme }: { theme: 'light' | 'dark' }): Promise<{ page: Page; faults: string[] }> {
      const context = await browser.newContext({ colorScheme: theme, timezoneId: 'Europe/Berlin' });
      const page = await context.newPage();
      // Before the test's own time is up, so that it says what it waited for.
      page.setDefaultTimeout(10_000);
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      return { page, faults };
    },
    close: () => browser.close(),
  };
}
