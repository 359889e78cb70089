import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { GatewayError } from '../errors.ts';
import { pathOf } from './router.ts';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.ico': 'image/x-icon',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
const compressedAlready = new Set(['.png', '.ico', '.woff2']);

/** What a page may do: run and load what we serve, talk to us, and be framed by nobody. */
const securityHeaders = {
  'content-security-policy': [
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

type Encoding = 'br' | 'gzip' | 'identity';

interface File {
  path: string;
  bytes: Buffer;
  hash: string;
  /** Filled when first asked for: compressing all at start would slow a cold start. */
  encoded: Map<Encoding, Promise<Buffer>>;
}

const encoders: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 8 } }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 8 }),
  identity: (bytes) => Promise.resolve(bytes),
};

export interface Pages {
  /** True for a path at or under the base. */
  matches(path: string): boolean;
  /**
   * Answers GET and HEAD from memory; what is no file gets index.html, whose script knows the
   * page's own paths. Rejects with `not_found`, `method_not_allowed`, or `unavailable` when the
   * page was never built.
   */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Serves a built page (Vite's output in `folder`) under `base`, which ends with a slash. */
export function createPages({ folder, base }: { folder: string; base: string }): Pages {
  const files = readFiles(folder);

  const find = (request: IncomingMessage): File => {
    const path = decode(pathOf(request)).slice(base.length);
    const index = files.get('index.html');
    if (!index) {
      throw new GatewayError('unavailable', 'This page is not built yet: run `npm run build`.');
    }
    const file = files.get(path);
    if (file) return file;
    // A missing script answered with a page would fail in the browser with a riddle.
    const wantsPage = request.headers.accept?.includes('text/html') || extname(path) === '';
    if (path.startsWith('assets/') || !wantsPage) {
      throw new GatewayError('not_found', `There is nothing at ${pathOf(request)}.`);
    }
    return index;
  };

  return {
    matches: (path) => path.startsWith(base) || `${path}/` === base,

    async handle(request, response) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new GatewayError('method_not_allowed', 'A page answers GET and HEAD only.');
      }
      const file = find(request);
      const encoding = encodingFor(request, file);
      const etag = `"${file.hash}-${encoding}"`;
      const headers = {
        ...securityHeaders,
        etag,
        vary: 'accept-encoding',
        'cache-control': cacheControl(file),
      };
      if (request.headers['if-none-match']?.includes(etag)) {
        response.writeHead(304, headers).end();
        return;
      }
      let encoded = file.encoded.get(encoding);
      if (!encoded) {
        encoded = encoders[encoding](file.bytes);
        file.encoded.set(encoding, encoded);
      }
      const body = await encoded;
      response.writeHead(200, {
        ...headers,
        'content-type': contentTypes[extname(file.path)] ?? 'application/octet-stream',
        'content-length': body.length,
        ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    },
  };
}

/** The whole folder by relative path. Only what is in this map can ever be answered. */
function readFiles(folder: string): Map<string, File> {
  const files = new Map<string, File>();
  let entries: ReturnType<typeof listFiles>;
  try {
    entries = listFiles(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return files;
    throw error;
  }
  for (const full of entries) {
    const path = relative(folder, full).split(sep).join('/');
    const bytes = readFileSync(full);
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 20);
    files.set(path, { path, bytes, hash, encoded: new Map() });
  }
  return files;
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Vite puts a hash of the content into the names under assets/; the rest may change any time. */
function cacheControl(file: File): string {
  if (file.path.startsWith('assets/')) return 'public, max-age=31536000, immutable';
  return file.path.endsWith('.html') ? 'no-store' : 'no-cache';
}

function encodingFor(request: IncomingMessage, file: File): Encoding {
  if (compressedAlready.has(extname(file.path)) || file.bytes.length < 1024) return 'identity';
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)) return 'br';
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted) ? 'gzip' : 'identity';
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new GatewayError('invalid_request', 'The path is not valid percent-encoding.');
  }
}
