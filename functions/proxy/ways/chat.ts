import type { Question, Way, Whole } from '../api.ts';
import type { ChatRequest } from '../chat-request.ts';
import type { Adapter, Exchange } from '../providers/adapter.ts';
import { chatBody } from '../providers/chat-body.ts';
import { withoutGatewayParameters } from '../providers/gateway-parameters.ts';
import type { OpenAiWire } from '../providers/openai-wire.ts';
import type { Target } from '../providers/target.ts';
import { createRelay } from '../stream/relay.ts';
import { createTranslation } from '../stream/translation.ts';
import { checkCompletion, parseAnswer, tellCompletion } from './completion.ts';

/** A chat completion: by OpenAI's wire as it is, by any other through its adapter. */
export function chatWay(question: Question<ChatRequest>, target: Target): Way | Promise<Way> {
  return target.adapter
    ? byAdapter(question, target, target.adapter)
    : onOpenAiWire(question, target, target.openai);
}

const wantsUsage = ({ stream_options }: ChatRequest) => stream_options?.include_usage === true;

/** The client's own bytes go on, and the upstream's come back. */
function onOpenAiWire(
  { asked, text }: Question<ChatRequest>,
  target: Target,
  openai: OpenAiWire,
): Way {
  const { model } = asked;
  return {
    request: {
      path: openai.pathOf('/chat/completions'),
      headers: openai.headers,
      body: chatBody(text, asked, target.model, openai.difference),
    },
    streamType: 'text/event-stream',
    whole(raw, answer): Whole {
      const completion = checkCompletion(parseAnswer(raw, answer), raw);
      const isSame = completion.model === model;
      return tellCompletion(completion, isSame ? raw : JSON.stringify({ ...completion, model }));
    },
    relay: (options) => createRelay({ ...options, model, wantsUsage: wantsUsage(asked) }),
  };
}

async function byAdapter(
  { asked, clientHeaders }: Question<ChatRequest>,
  target: Target,
  adapter: Adapter,
): Promise<Way> {
  const exchange = await beginExchange({ asked, clientHeaders }, target, adapter);
  const { model } = asked;
  return {
    request: exchange.request,
    streamType: adapter.streamType,
    whole(raw, answer): Whole {
      const completion = exchange.completion(parseAnswer(raw, answer));
      return tellCompletion(completion, JSON.stringify({ ...completion, model }));
    },
    relay: (options) =>
      createTranslation(exchange.read(), { ...options, model, wantsUsage: wantsUsage(asked) }),
  };
}

export function beginExchange(
  { asked, clientHeaders }: Pick<Question<ChatRequest>, 'asked' | 'clientHeaders'>,
  { model, dropParams }: Target,
  adapter: Adapter,
): Exchange | Promise<Exchange> {
  return adapter.begin({
    chat: withoutGatewayParameters(asked),
    model,
    dropParams: dropParams || asked.drop_params === true,
    clientHeaders,
  });
}
