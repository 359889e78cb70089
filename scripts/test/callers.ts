import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

/** An answer that a client got whole: a plain one to its last byte, a stream to its `[DONE]`. */
export interface WholeAnswer {
  callId: string;
  responseId: string;
  stream: boolean;
}

/** Between a call that failed and the next, so that a gateway that is away is not run over. */
const pauseMs = 25;

/**
 * Clients that call one after the other without a rest, every other one for streams, and keep
 * count of what they got, until they are told to stop.
 */
export function startCallers({
  url,
  headers,
  count,
}: {
  url: string;
  headers: Record<string, string>;
  count: number;
}) {
  const pool = new Pool(url, { connections: count });
  const whole: WholeAnswer[] = [];
  const cutOff: string[] = [];
  const latencies: number[] = [];
  const failures = new Map<string, number>();
  let stopped = false;
  let onWhole = () => {};

  async function call(stream: boolean): Promise<void> {
    let callId = '';
    const began = performance.now();
    try {
      const {
        statusCode,
        headers: told,
        body,
      } = await pool.request({
        method: 'POST',
        path: '/v1/chat/completions',
        headers,
        body: JSON.stringify({
          model: 'custom-llm',
          stream,
          messages: [{ role: 'user', content: 'What does it cost?' }],
        }),
      });
      callId = String(told['x-litellm-call-id'] ?? '');
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
      if (stream && !text.endsWith('data: [DONE]\n\n')) throw new Error('no [DONE]');
      const responseId = /"id":"([^"]+)"/.exec(text)?.[1] ?? '';
      whole.push({ callId, responseId, stream });
      latencies.push(performance.now() - began);
      onWhole();
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      const reason = code ?? message;
      failures.set(reason, (failures.get(reason) ?? 0) + 1);
      if (callId !== '') cutOff.push(callId);
      await sleep(pauseMs);
    }
  }

  async function caller(stream: boolean): Promise<void> {
    while (!stopped) await call(stream);
  }

  const callers = Array.from({ length: count }, (_, index) => caller(index % 2 === 1));
  return {
    whole,
    /** How long each of them took, in milliseconds. */
    latencies,
    /** The calls whose answer began and did not come whole. */
    cutOff,
    /** How often a call failed, by reason. */
    failures,
    /** Resolves when so many more answers came whole. */
    further(answers: number): Promise<void> {
      const wanted = whole.length + answers;
      return new Promise((resolve) => {
        onWhole = () => {
          if (whole.length >= wanted) resolve();
        };
      });
    },
    /** Resolves when the last calls have ended. */
    async stop(): Promise<void> {
      stopped = true;
      await Promise.all(callers);
      await pool.close();
    },
  };
}
