import { z } from 'zod';
import { answerJsonBytes } from '../../_shared/http/answer.ts';
import type { Routes } from '../../_shared/http/router.ts';
import type { Api } from '../api.ts';

type Described = Pick<Api, 'method' | 'endpoint' | 'summary' | 'hasBody'> &
  Partial<Pick<Api, 'schema'>>;

/** Paths beside the calls, which have no body to describe. */
const others: Described[] = [
  { method: 'GET', endpoint: '/v1/models', summary: 'The models that may be asked for.' },
  { method: 'GET', endpoint: '/v1/models/:id', summary: 'One of them.' },
];

/** The OpenAPI document of what is called, made of the APIs themselves, and a page of it. */
export function openapi(apis: readonly Api[]): Routes {
  // Made once, and not before somebody asks: it takes some milliseconds.
  let made: { document: Buffer; page: Buffer } | null = null;
  const make = () => {
    made ??= { document: Buffer.from(JSON.stringify(describe(apis))), page: pageOf(apis) };
    return made;
  };
  return {
    'GET /openapi.json': (_request, response) => {
      answerJsonBytes(response, 200, make().document);
    },
    'GET /': (_request, response) => {
      const { page } = make();
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-length': page.length,
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        'x-content-type-options': 'nosniff',
      });
      response.end(page);
    },
  };
}

function describe(apis: readonly Api[]) {
  const paths: Record<string, Record<string, object>> = {};
  const all: Described[] = [...apis, ...others];
  for (const { method, endpoint, summary, schema, hasBody } of all) {
    const path = endpoint.replace(/:(\w+)/g, '{$1}');
    const body = schema && hasBody !== false ? bodyOf(schema) : {};
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        summary,
        parameters: [...endpoint.matchAll(/:(\w+)/g)].map(([, name]) => ({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string' },
        })),
        ...body,
        responses: {
          200: { description: 'The answer; server-sent events where `stream` is true.' },
          default: { description: 'An error, in the shape of the API.' },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tallygate',
      version: '1',
      description:
        'Every path works with and without `/v1`. What a schema does not name is passed on.',
    },
    security: [{ bearer: [] }],
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}

function bodyOf(schema: z.ZodType) {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { requestBody: { required: true, content: { 'application/json': { schema: json } } } };
}

function pageOf(apis: readonly Api[]): Buffer {
  const rows = [...apis, ...others].map(
    ({ method, endpoint, summary }) =>
      `<tr><td><code>${method} ${escapeHtml(endpoint)}</code></td><td>${escapeHtml(summary)}</td></tr>`,
  );
  return Buffer.from(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tallygate</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
td { padding: .4rem 1rem .4rem 0; vertical-align: top; border-top: 1px solid #8884 }
code { white-space: nowrap }
</style>
<h1>Tallygate</h1>
<p>An OpenAI-compatible gateway. Send your key as <code>Authorization: Bearer …</code>; paths work
with and without <code>/v1</code>. The same for machines: <a href="openapi.json">openapi.json</a>.</p>
<table>${rows.join('\n')}</table>
</html>
`);
}

const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
