import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPages } from '../build/pages.ts';
import { startBrowser } from './browser.fixture.ts';
import { masterKey, type Stack, startStack } from './stack.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

let browser: Awaited<ReturnType<typeof startBrowser>>;

beforeAll(async () => {
  await buildPages(root, () => {});
  browser = await startBrowser();
}, 180_000);
afterAll(() => browser?.close());

/** All that `npm start` runs, with an upstream slow enough to be stopped. */
const startAll = () =>
  startStack({
    parts: ['upstream', 'broker', 'proxy', 'ingest', 'alert', 'dashboard', 'chat'],
    env: { DEMO_PACE_MS: '10' },
  });

async function signIn(page: Page, { urls }: Stack, password = masterKey): Promise<void> {
  await page.goto(`${urls.dashboard}/ui/`);
  await enterPassword(page, password);
}

async function enterPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function call({ proxy }: Stack, content: string): Promise<Response> {
  const answer = await fetch(`${proxy.url}/v1/chat/completions`, {
    method: 'POST',
    headers: proxy.headers,
    body: JSON.stringify({ model: 'custom-llm', messages: [{ role: 'user', content }] }),
  });
  await answer.text();
  return answer;
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startAll();
  });
  afterAll(() => stack?.end());

  test('a newcomer signs in, sends the first call, and finds it in every room', async () => {
    const { page, faults } = await browser.open({ theme });
    await signIn(page, stack, 'sk-not-the-key');
    await page
      .getByRole('alert')
      .filter({ hasText: /password/i })
      .waitFor();
    // The browser tells of the 401 itself; that is no fault of the page.
    expect(faults.splice(0)).toEqual([expect.stringContaining('401')]);

    await signIn(page, stack);
    await page.getByRole('heading', { name: 'Send your first call' }).waitFor();
    const paper = await page.evaluate(
      () => getComputedStyle(document.documentElement).backgroundColor,
    );
    const isLight = Number(/\d+/.exec(paper)?.[0]) > 128;
    expect(isLight).toBe(theme === 'light');

    await call(stack, 'Is anybody there?');
    await page.waitForURL(/\/ui\/logs\/[0-9a-f-]{36}/);
    const detail = page.getByRole('region', { name: 'Call' });
    await detail.getByText('Is anybody there?').first().waitFor();
    await detail.getByText('custom-llm').first().waitFor();

    await page.getByRole('link', { name: 'Usage' }).click();
    const tile = (name: string) => page.locator('dl > div', { hasText: name }).first();
    await expect.poll(() => tile('Calls').innerText()).toMatch(/Calls\s+1\b/);
    expect(await tile('Cost').innerText()).toMatch(/\$0\.0\d/);
    expect(await tile('Error rate').innerText()).toMatch(/0\s?%/);

    await page.getByRole('link', { name: 'Logs', exact: true }).click();
    const rows = page.locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.innerText()).toContain('Is anybody there?');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('logs narrow to a model and a status, newest first, and a failed call says why', async () => {
    await call(stack, '/error 429');
    const { page, faults } = await browser.open({ theme });
    await signIn(page, stack);
    await page.getByRole('link', { name: 'Logs', exact: true }).click();
    const rows = page.locator('tbody tr');
    await expect.poll(() => rows.count()).toBe(2);
    expect(await rows.first().innerText()).toContain('429');
    await page.getByLabel('Status').selectOption('failure');
    await expect.poll(() => rows.count()).toBe(1);
    await page.getByRole('button', { name: /Remove the filter Status/ }).click();
    await page.getByLabel('Model').selectOption('custom-llm');
    await expect.poll(() => rows.count()).toBe(2);
    // What is looked at is in the address, so a reload and a colleague see the same.
    expect(page.url()).toContain('custom-llm');

    await rows.first().getByRole('link').click();
    const detail = page.getByRole('region', { name: 'Call' });
    await detail
      .getByRole('alert')
      .or(detail.getByText(/rate limit/i))
      .first()
      .waitFor();
    await page.keyboard.press('j');
    await detail.getByText('Is anybody there?').first().waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => detail.count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('signing out ends the session', async () => {
    const { page } = await browser.open({ theme });
    await signIn(page, stack);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Lax' }]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: /Sign in/ }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.reload();
    await page.getByRole('heading', { name: /Sign in/ }).waitFor();
    await page.context().close();
  });

  test('the chat streams, tells what it cost, and leads to its log, past the sign-in', async () => {
    const { page, faults } = await browser.open({ theme });
    await page.goto(stack.urls.chat);
    await page.getByLabel('Your question').fill('What does it cost?');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    const answer = page.getByRole('article').last();
    await answer.getByText('Open its log').waitFor();
    await answer.getByText('First token').waitFor();
    expect(await answer.innerText()).toMatch(/\d+ → \d+/);
    expect(await answer.innerText()).toMatch(/\$0\.0\d/);

    const [log] = await Promise.all([
      page.context().waitForEvent('page'),
      answer.getByText('Open its log').click(),
    ]);
    await enterPassword(log, masterKey);
    const detail = log.getByRole('region', { name: 'Call' });
    await detail.getByText('What does it cost?').first().waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('the chat stops when told, keeps what came, and still has it after a reload', async () => {
    const { page, faults } = await browser.open({ theme });
    await page.goto(stack.urls.chat);
    await page.getByLabel('Your question').fill('Tell me a long story.');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article').last();
    await expect.poll(async () => (await answer.innerText()).length).toBeGreaterThan(80);
    await page.keyboard.press('Escape');
    await answer.getByText(/Stopped here/).waitFor();
    await page.reload();
    await page
      .getByRole('article')
      .last()
      .getByText(/Stopped here/)
      .waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('the chat shows a failure in place, with a way to try again', async () => {
    const { page } = await browser.open({ theme });
    await page.goto(stack.urls.chat);
    await page.getByLabel('Your question').fill('/error 503');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article').last();
    await answer.getByRole('button', { name: /again|retry/i }).waitFor();
    expect(await answer.innerText()).toMatch(/503|overloaded|unavailable/i);
    await page.context().close();
  });
});
