import type { Api } from './api.ts';
import { chatCompletions } from './endpoints/chat-completions.ts';
import { completions } from './endpoints/completions.ts';
import { countTokens } from './endpoints/count-tokens.ts';
import { embeddings } from './endpoints/embeddings.ts';
import { imagesGenerations } from './endpoints/images-generations.ts';
import { messages } from './endpoints/messages.ts';
import { moderations } from './endpoints/moderations.ts';
import { rerank } from './endpoints/rerank.ts';
import { responses } from './endpoints/responses.ts';
import { storedResponses } from './endpoints/responses-stored.ts';
import { tokenCounter } from './endpoints/token-counter.ts';

/** All APIs whose calls go down the stairs. */
export const apis: readonly Api[] = [
  chatCompletions,
  completions,
  embeddings,
  imagesGenerations,
  messages,
  countTokens,
  moderations,
  rerank,
  responses,
  ...storedResponses,
  tokenCounter,
];
