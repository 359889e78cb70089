import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerError } from './answer.ts';
import { createPages } from './pages.ts';

const script = `console.log(${JSON.stringify('x'.repeat(4000))})`;
let folder: string;
let server: Server;
let port: number;

beforeAll(async () => {
  const parent = mkdtempSync(join(tmpdir(), 'tallygate-pages-'));
  folder = join(parent, 'page');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(parent, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Page</title>');
  writeFileSync(join(folder, 'early-theme.js'), 'theme()');
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), script);
  server = await listenWith(createPages({ folder, base: '/ui/' }));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.close();
  rmSync(join(folder, '..'), { recursive: true });
});

function listenWith(pages: ReturnType<typeof createPages>): Promise<Server> {
  const made = createServer((request, response) => {
    pages.handle(request, response).catch((error: unknown) => answerError(response, error));
  });
  return new Promise((resolve) => made.listen(0, '127.0.0.1', () => resolve(made)));
}

interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
  body: Buffer;
}

/** By node:http, since fetch would tidy `..` away and undo the compression before we see them. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', at = port) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: at, path, headers, method }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers as Record<string, string | undefined>,
          body: Buffer.concat(chunks),
        }),
      );
    });
    sent.on('error', reject).end();
  });
}

test('index.html is answered at the base and at every path of the page, and never kept', async () => {
  for (const path of ['/ui/', '/ui/logs', '/ui/logs/018f-a?range=7d']) {
    const answer = await ask(path);
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toContain('<title>Page</title>');
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['cache-control']).toBe('no-store');
  }
});

test('a hashed asset is kept for good, compressed as asked, and answered 304 when known', async () => {
  const plain = await ask('/ui/assets/main-abc123.js');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.headers['cache-control']).toContain('immutable');
  expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8');
  expect(plain.body.toString()).toBe(script);

  const brotli = await ask('/ui/assets/main-abc123.js', { 'accept-encoding': 'gzip, br' });
  expect(brotli.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(brotli.body).toString()).toBe(script);

  const gzipped = await ask('/ui/assets/main-abc123.js', { 'accept-encoding': 'gzip, br;q=0' });
  expect(gzipped.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(gzipped.body).toString()).toBe(script);

  const again = await ask('/ui/assets/main-abc123.js', {
    'accept-encoding': 'gzip, br',
    'if-none-match': brotli.headers.etag ?? '',
  });
  expect(again.status).toBe(304);
  expect(again.body).toHaveLength(0);
});

test('a missing asset is 404, not a page that a script tag would choke on', async () => {
  expect((await ask('/ui/assets/gone.js', { accept: '*/*' })).status).toBe(404);
  expect((await ask('/ui/favicon.ico', { accept: 'image/*,*/*' })).status).toBe(404);
});

test('nothing outside the folder is answered', async () => {
  for (const path of ['/ui/../secret.txt', '/ui/%2e%2e/secret.txt', '/ui/..%2fsecret.txt']) {
    const answer = await ask(path, { accept: '*/*' });
    expect(answer.status).toBe(404);
  }
  expect((await ask('/ui/%ff')).status).toBe(400);
});

test('pages cannot be framed, sniffed or made to run what we did not serve', async () => {
  const { headers } = await ask('/ui/');
  expect(headers['content-security-policy']).toContain("default-src 'self'");
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('HEAD answers like GET without a body; POST is refused', async () => {
  const head = await ask('/ui/', {}, 'HEAD');
  expect(head.status).toBe(200);
  expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
  expect(head.body).toHaveLength(0);
  expect((await ask('/ui/', {}, 'POST')).status).toBe(405);
});

test('a page that was never built says what to run', async () => {
  const missing = await listenWith(createPages({ folder: join(folder, 'nowhere'), base: '/' }));
  try {
    const answer = await ask('/', {}, 'GET', (missing.address() as AddressInfo).port);
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).toContain('npm run build');
  } finally {
    missing.close();
  }
});

test('matches its base with and without the slash, and not its neighbours', () => {
  const pages = createPages({ folder, base: '/ui/' });
  expect(['/ui', '/ui/', '/ui/logs'].map(pages.matches)).toEqual([true, true, true]);
  expect(['/', '/uix', '/api'].map(pages.matches)).toEqual([false, false, false]);
});
