import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPages } from '../build/pages.ts';
import { startBrowser } from './browser.fixture.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const patience = { timeout: 20_000 };

let browser: Awaited<ReturnType<typeof startBrowser>>;
let stack: Stack;
/** Calls made so far, each of which is a row. */
let made = 0;

beforeAll(async () => {
  await buildPages(root, () => {});
  browser = await startBrowser();
  stack = await startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest', 'alert', 'dashboard'],
  });
  await call('The heron says hello.');
  await call('What is the price?');
  await call('/error 503');
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await stack?.end();
});

async function call(content: string): Promise<void> {
  const answer = await fetch(`${stack.proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: stack.proxy.headers,
    body: JSON.stringify({ model: 'custom-llm', messages: [{ role: 'user', content }] }),
  });
  await answer.text();
  made++;
}

describe('what the books are asked in the dashboard', () => {
  let page: Page;
  let faults: string[];
  beforeEach(async () => {
    ({ page, faults } = await browser.open({ theme: 'light' }));
    await page.goto(`${stack.urls.dashboard}/ui/`);
    await page.getByLabel('Password', { exact: true }).fill(masterKey);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Logs', exact: true }).click();
    await expect.poll(() => rows().count(), patience).toBe(made);
    return async () => {
      expect(faults).toEqual([]);
      await page.context().close();
    };
  });
  const rows = () => page.getByRole('table', { name: /^Calls, newest first/ }).locator('tbody tr');

  test('a search finds a call by words of its answer, and says when there is none', async () => {
    const box = page.getByRole('searchbox', { name: /Search prompts and answers/ });
    await box.fill('"Worked OUT from" tokens');
    await box.press('Enter');
    await expect.poll(() => rows().count(), patience).toBe(1);
    expect(await rows().innerText()).toContain('What is the price?');
    expect(page.url()).toContain('text=');
    await box.fill('walrus');
    await box.press('Enter');
    await page.getByRole('heading', { name: /No call matches/ }).waitFor();
    await page.getByRole('button', { name: 'Drop the filters' }).click();
    await expect.poll(() => rows().count(), patience).toBe(made);
  });

  test('any filter is added by the form and from a call, and taken off by its chip', async () => {
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByLabel('Narrow by').selectOption({ label: 'HTTP status' });
    await page.getByLabel('Value').fill('503');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows().count(), patience).toBe(1);
    await page.getByRole('button', { name: /Remove the filter HTTP status/ }).click();
    await expect.poll(() => rows().count(), patience).toBe(made);

    await rows().first().getByRole('link').click();
    const detail = page.getByRole('region', { name: 'Call' });
    await detail.getByRole('button', { name: 'Only calls with this error type' }).click();
    await expect.poll(() => rows().count(), patience).toBe(1);
    expect(page.url()).toContain('error_type=');
  });

  test('an export has as many rows as the list', async () => {
    await page.getByLabel('Status').selectOption('success');
    await expect.poll(() => rows().count(), patience).toBe(2);
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('dialog', { name: 'Export' }).getByText('Status: Success').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^tallygate-logs-.+Z\.csv$/);
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines).toHaveLength(1 + (await rows().count()));
  });

  test('usage is broken down by key, and a key leads to its calls', async () => {
    await page.getByRole('link', { name: 'Usage' }).click();
    await page
      .getByRole('group', { name: 'Break down by' })
      .getByRole('button', { name: 'Key' })
      .click();
    await page.getByRole('heading', { name: 'By key' }).waitFor();
    expect(page.url()).toContain('by=key_id');
    const [key] = await stack.store.spend.list({ scope: 'key', limit: 1 });
    const table = page.getByRole('table', { name: /^Usage by key/ });
    await table.locator(`a[href*="${key?.id}"]`).click();
    await expect.poll(() => page.url()).toContain(`key_id=${key?.id}`);
    await expect.poll(() => rows().count(), patience).toBe(made);
  });

  test('a call made meanwhile comes in at the top, but waits while one is open', async () => {
    await call('A walrus at noon.');
    await expect.poll(() => rows().count(), patience).toBe(made);
    expect(await rows().first().innerText()).toContain('walrus at noon');

    await rows().first().getByRole('link').click();
    await page.getByRole('region', { name: 'Call' }).waitFor();
    await call('One more walrus.');
    const waiting = page.getByRole('button', { name: 'Show 1 new call' });
    await waiting.waitFor({ timeout: 20_000 });
    expect(await rows().count()).toBe(made - 1);
    await page.keyboard.press('Escape');
    await expect.poll(() => rows().count(), patience).toBe(made);
  });
});
