import type { Keeping } from '../api.ts';
import type { ChatRequest } from '../chat-request.ts';
import { toOpenAiUsage } from '../providers/openai-usage.ts';
import { replayChat } from '../stream/replay.ts';
import { losesSomething } from './chunk-losses.ts';
import { isFinished } from './finished.ts';

/** Chat completions are kept as OpenAI's completion object. */
export const chatKeeping: Keeping<ChatRequest> = {
  callTypes: ['completion', 'acompletion'],
  isWorthIt: isFinished,
  streams: {
    losesSomething,
    assembled(body, { model }, tokens) {
      const completion = body as Record<string, unknown>;
      const usage = completion.usage ?? toOpenAiUsage(tokens);
      return JSON.stringify({ ...completion, model, usage });
    },
    replay: (text, { model, stream_options }, tokens) =>
      replayChat(JSON.parse(text), {
        model,
        wantsUsage: stream_options?.include_usage === true,
        tokens,
      }),
  },
};
