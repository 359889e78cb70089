import type { AnswerEnd, Delta } from '../answer.ts';
import { AskError, type Listener, type Question } from './ask.ts';
import { beginExchange, type Exchange, growExchange, historyOf } from './exchange.ts';

export interface ChatState {
  exchanges: readonly Exchange[];
  /** The conversation before this one, as long as it can be brought back. */
  setAside: readonly Exchange[] | null;
}

export interface ChatStoreParts {
  /** What was kept of an earlier visit. */
  kept: readonly Exchange[];
  keep: (exchanges: readonly Exchange[]) => void;
  ask: (question: Question, listener: Listener) => Promise<AnswerEnd>;
  /** When to show what has come since: with the next frame. */
  nextFrame: (show: () => void) => void;
}

export type ChatStore = ReturnType<typeof createChatStore>;

/** The conversation, and all that can be done with it. One question is answered at a time. */
export function createChatStore({ kept, keep, ask, nextFrame }: ChatStoreParts) {
  let state: ChatState = { exchanges: kept, setAside: null };
  let running: AbortController | null = null;
  const listeners = new Set<() => void>();

  const show = (next: ChatState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const setExchanges = (exchanges: readonly Exchange[]) => {
    show({ exchanges, setAside: null });
    keep(exchanges);
  };

  async function answer(before: readonly Exchange[], question: string, model?: string) {
    const controller = new AbortController();
    running = controller;
    const { messages } = historyOf(before, question);
    let exchange = beginExchange(crypto.randomUUID(), question);
    let arrived: Delta[] = [];
    let isFrameAsked = false;
    const takeArrived = () => {
      exchange = growExchange(exchange, arrived);
      arrived = [];
    };
    const showArrived = () => {
      isFrameAsked = false;
      if (running !== controller || arrived.length === 0) return;
      takeArrived();
      show({ ...state, exchanges: [...before, exchange] });
    };
    const finish = (last: Partial<Exchange>) => {
      // It was stopped already, and another may have begun.
      if (running !== controller) return;
      running = null;
      takeArrived();
      setExchanges([...before, { ...exchange, ...last }]);
    };

    controller.signal.addEventListener('abort', () => finish({ outcome: 'stopped' }));
    setExchanges([...before, exchange]);
    try {
      const end = await ask(
        { message: question, messages, model },
        {
          signal: controller.signal,
          onCallId(callId) {
            exchange = { ...exchange, callId };
          },
          onDelta(delta) {
            arrived.push(delta);
            if (isFrameAsked) return;
            isFrameAsked = true;
            nextFrame(showArrived);
          },
        },
      );
      finish({ outcome: 'done', end });
    } catch (thrown) {
      const { failure } =
        thrown instanceof AskError
          ? thrown
          : new AskError({ status: 0, message: String(thrown), code: null, retryAfter: null });
      finish({ outcome: 'failed', failure });
    }
  }

  return {
    get: () => state,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },

    async send(question: string, model?: string) {
      if (!running) await answer(state.exchanges, question, model);
    },
    /** Asks the last question again, or another in its place. */
    async resend(model?: string, question = state.exchanges.at(-1)?.question) {
      if (!running && question) await answer(state.exchanges.slice(0, -1), question, model);
    },
    /** Ends the answer that is on its way; what has come stays. */
    stop: () => running?.abort(),

    /** Begins a new conversation. This one can be brought back until something is asked. */
    clear() {
      running?.abort();
      const setAside = state.exchanges;
      keep([]);
      show({ exchanges: [], setAside });
    },
    bringBack() {
      if (state.setAside) setExchanges(state.setAside);
    },
  };
}
