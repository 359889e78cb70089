/** The name that the gateway's clients ask for; and of the deployment whose streams take their time. */
export const model = 'bench';
export const pacedModel = 'bench-paced';

/** Text pieces of a stand-in stream, each an event and a write of its own. */
export const piecesPerStream = 50;

/** The pause between two pieces of a paced stream. */
export const pacedGapMs = 10;

const question =
  'We are moving a service from one region to another and want to keep both alive for a week. ' +
  'Name the three things that most often go wrong on such a move, how one would notice each ' +
  'of them early, and what you would prepare the day before so that none of them costs us a ' +
  'night. Keep it short, and put the most likely one first. '.repeat(3);

/** A chat request of some 640 bytes, as a client sends it. */
export function chatRequest(name: string, stream: boolean): string {
  return JSON.stringify({
    model: name,
    messages: [
      { role: 'system', content: 'You are a careful engineer. Answer in plain words.' },
      { role: 'user', content: question },
    ],
    temperature: 0.2,
    max_tokens: 256,
    ...(stream ? { stream: true } : {}),
  });
}

const answer = (
  'Most likely the data lags behind: writes land in the old region while readers already ask ' +
  'the new one. Watch the replication delay from the first hour and alarm on minutes. '
).repeat(3);

const usage = {
  prompt_tokens: 128,
  completion_tokens: 96,
  total_tokens: 224,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};

const shared = { created: 1_700_000_000, model: 'gpt-4o-mini', service_tier: 'default' };

/** A completion of some 1 KB in OpenAI's shape. Its id tells calls apart, as a real one does. */
export function completion(id: string): string {
  return JSON.stringify({
    id,
    object: 'chat.completion',
    ...shared,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
    system_fingerprint: 'fp_bench',
  });
}

/** The events of a stream in OpenAI's shape: the pieces, the end, the usage where asked for. */
export function streamEvents(id: string, withUsage: boolean): string[] {
  const event = (rest: object) =>
    `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', ...shared, ...rest })}\n\n`;
  const choice = (delta: object, finish: string | null) => ({
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(withUsage ? { usage: null } : {}),
  });
  const events: string[] = [];
  for (let piece = 0; piece < piecesPerStream; piece++) {
    const content = ` piece ${piece} of it`;
    events.push(event(choice(piece === 0 ? { role: 'assistant', content } : { content }, null)));
  }
  events.push(event(choice({}, 'stop')));
  if (withUsage) events.push(event({ choices: [], usage }));
  events.push('data: [DONE]\n\n');
  return events;
}
