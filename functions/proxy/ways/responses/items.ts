import type { Json } from '../../providers/json.ts';

/** One item of a response's output, as it grows. */
export type Item =
  | { kind: 'thought'; id: string; text: string; isDone: boolean }
  | { kind: 'text'; id: string; text: string; isDone: boolean }
  | {
      kind: 'call';
      id: string;
      callId: string;
      index: number;
      name: string;
      text: string;
      isDone: boolean;
    };

/** As it stands in the output. */
export function itemOf(item: Item): Json {
  const { id, text } = item;
  const status = item.isDone ? 'completed' : 'in_progress';
  switch (item.kind) {
    case 'thought':
      return { id, type: 'reasoning', summary: text ? [summaryOf(text)] : [], status };
    case 'text': {
      const content = text || item.isDone ? [partOf(text)] : [];
      return { id, type: 'message', status, role: 'assistant', content };
    }
    case 'call': {
      const { callId: call_id, name } = item;
      return { id, type: 'function_call', status, call_id, name, arguments: text };
    }
  }
}

export const summaryOf = (text: string) => ({ type: 'summary_text', text });
export const partOf = (text: string) => ({
  type: 'output_text',
  annotations: [],
  logprobs: [],
  text,
});
