const base = '/ui/api/';

/** What the dashboard's server answered when it did not answer well. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  /** The HTTP status; 0 when the server was not reached. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Query = Record<string, string | number | string[] | undefined>;

/** GET under `/ui/api/`. Rejects with a ServerError. */
export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return send<T>(path + toSearch(query), { signal });
}

/** The address of something under `/ui/api/`, for the browser to fetch by itself. */
export function addressOf(path: string, query: Query): string {
  return base + path + toSearch(query);
}

function toSearch(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) search.append(name, String(one));
    }
  }
  return search.size > 0 ? `?${search}` : '';
}

/** POST under `/ui/api/`. Rejects with a ServerError. */
export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return send<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(base + path, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ServerError(0, 'The dashboard did not answer. Is it still running?');
  }
  const body = (await answer.json().catch(() => undefined)) as
    | (T & { error?: { message?: string } })
    | undefined;
  if (answer.ok && body !== undefined) return body;
  throw new ServerError(
    answer.status,
    body?.error?.message ?? `The dashboard answered with status ${answer.status}.`,
  );
}
