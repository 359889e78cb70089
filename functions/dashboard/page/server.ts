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

/** GET under `/ui/api/`. Rejects with a ServerError. */
export function get<T>(
  path: string,
  query: Record<string, string | number | undefined> = {},
  signal?: AbortSignal,
): Promise<T> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return send<T>(`${path}?${search}`, { signal });
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
    answer = await fetch(`/ui/api/${path}`, init);
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
