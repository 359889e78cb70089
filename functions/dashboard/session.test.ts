import { afterEach, beforeEach, expect, test } from 'vitest';
import { password, type Running, startDashboard } from './dashboard.fixture.ts';

let dashboard: Running;
beforeEach(async () => {
  dashboard = await startDashboard();
});
afterEach(() => dashboard.stop());

const who = async () => (await dashboard.ask('/ui/api/session')).json();
const signInWith = (given: object, headers: Record<string, string> = {}) =>
  dashboard.post('/ui/api/sign-in', { username: 'admin', password, ...given }, headers);

test('the right password opens a session of twelve hours', async () => {
  expect(await who()).toBeNull();
  const answer = await dashboard.signIn();
  expect(answer.status).toBe(200);
  expect(await who()).toEqual({
    username: 'admin',
    expires_at: dashboard.clock.now + 12 * 3600_000,
    gateway: { url: 'http://gateway.example', model: 'custom-llm' },
  });
  dashboard.clock.now += 12 * 3600_000 - 1000;
  expect(await who()).not.toBeNull();
  dashboard.clock.now += 1000;
  expect(await who()).toBeNull();
});

test('a wrong name or password is refused in the same words', async () => {
  const wrong = await signInWith({ password: 'nope' });
  expect(wrong.status).toBe(401);
  expect(wrong.headers.get('set-cookie')).toBeNull();
  const other = await signInWith({ username: 'root' });
  expect(await other.json()).toEqual(await wrong.json());
});

test('the cookie is out of the reach of scripts and of other sites, and secure behind https', async () => {
  const plain = (await signInWith({})).headers.get('set-cookie') ?? '';
  expect(plain).toContain('HttpOnly');
  expect(plain).toContain('SameSite=Lax');
  expect(plain).toContain('Path=/');
  expect(plain).not.toContain('Secure');
  expect(plain).not.toContain('admin');
  for (const [name, value] of [
    ['x-forwarded-proto', 'https'],
    ['forwarded', 'for=10.0.0.1;proto=https'],
  ] as const) {
    expect((await signInWith({}, { [name]: value })).headers.get('set-cookie')).toContain(
      '; Secure',
    );
  }
});

test('a cookie that was changed in any byte opens nothing', async () => {
  const [pair = ''] = ((await signInWith({})).headers.get('set-cookie') ?? '').split(';');
  const [name, value = ''] = pair.split('=');
  for (const at of [0, 20, 40, value.length - 2]) {
    const other = value[at] === 'A' ? 'B' : 'A';
    const cookie = `${name}=${value.slice(0, at)}${other}${value.slice(at + 1)}`;
    const answer = await dashboard.ask('/ui/api/request-logs', { headers: { cookie } });
    expect(answer.status).toBe(401);
  }
});

test('a new password ends the sessions of the old one', async () => {
  const [cookie = ''] = ((await signInWith({})).headers.get('set-cookie') ?? '').split(';');
  const renewed = await startDashboard({ password: 'another' });
  try {
    const answer = await renewed.ask('/ui/api/request-logs', { headers: { cookie } });
    expect(answer.status).toBe(401);
  } finally {
    await renewed.stop();
  }
});

test('signing out takes the cookie away', async () => {
  await dashboard.signIn();
  const answer = await dashboard.post('/ui/api/sign-out');
  expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
});

test('after five wrong guesses even the right one waits, and is told how long', async () => {
  for (let i = 0; i < 7; i++) {
    await signInWith({ password: `guess ${i}` });
    dashboard.clock.now += i < 5 ? 0 : 3_000;
  }
  await signInWith({ password: 'once more' });
  const refused = await signInWith({});
  expect(refused.status).toBe(429);
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(0);
  dashboard.clock.now += wait * 1000;
  expect((await signInWith({})).status).toBe(200);
});

test('a form of another site cannot sign anyone in or out', async () => {
  const origins = ['https://evil.example', 'null', 'http://127.0.0.1:1'];
  for (const origin of origins) {
    expect((await signInWith({}, { origin })).status).toBe(403);
  }
  expect((await signInWith({}, { origin: dashboard.url })).status).toBe(200);
  const form = await dashboard.post('/ui/api/sign-out', {}, { 'content-type': 'text/plain' });
  expect(form.status).toBe(400);
});

test.each([['{'], ['[]'], ['{"username":"admin"}'], ['{"username":1,"password":2}']])(
  'a sign-in of %s is a bad request',
  async (body) => {
    const answer = await dashboard.ask('/ui/api/sign-in', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(400);
  },
);

test('a huge sign-in is refused unread', async () => {
  expect((await signInWith({ password: 'x'.repeat(20_000) })).status).toBe(413);
});
