import type { Api } from './api.ts';
import { chatCompletions } from './endpoints/chat-completions.ts';

/** All APIs whose calls go down the stairs. */
export const apis: readonly Api[] = [chatCompletions];
