import { performance } from 'node:perf_hooks';

export interface Answer {
  milliseconds: number;
  text: string;
}

export interface DashboardClient {
  /** Asks for a path of the dashboard's API and takes the answer in whole; throws unless it is 200. */
  get(path: string, query?: Record<string, string | number>): Promise<Answer>;
  json<T>(path: string, query?: Record<string, string | number>): Promise<T>;
}

/** A signed-in person's browser, as far as the dashboard's API is concerned. */
export async function openDashboard(url: string, password: string): Promise<DashboardClient> {
  const signIn = await fetch(new URL('/ui/api/sign-in', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username: 'admin', password }),
  });
  if (!signIn.ok) throw new Error(`The dashboard let nobody in: ${await signIn.text()}`);
  const cookie = signIn.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');

  async function get(path: string, query: Record<string, string | number> = {}): Promise<Answer> {
    const address = new URL(`/ui/api/${path}`, url);
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, `${value}`);
    const began = performance.now();
    const answer = await fetch(address, { headers: { cookie } });
    const text = await answer.text();
    const milliseconds = performance.now() - began;
    if (!answer.ok) throw new Error(`${address.pathname} answered ${answer.status}: ${text}`);
    return { milliseconds, text };
  }

  return { get, json: async (path, query) => JSON.parse((await get(path, query)).text) };
}
