import { z } from 'zod';
import { longestConversation, longestMessage, mostTurns } from '../limits.ts';

const text = z
  .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a string') })
  .max(longestMessage, `is too long: at most ${longestMessage} characters are taken`);

const turn = z.object({
  role: z.enum(['system', 'user', 'assistant'], 'must be system, user or assistant'),
  content: text,
});
export type Turn = z.infer<typeof turn>;

/** The body of `POST /api/chat`. */
export const chatRequest = z
  .object({
    message: text.refine((message) => message.trim() !== '', 'is empty: say something'),
    /** The conversation so far, oldest first. */
    messages: z
      .array(turn)
      .max(mostTurns, `are too many: send the last ${mostTurns} at the most`)
      .default([]),
    /** The chat's own where none is named. */
    model: z.string().min(1).max(512).optional(),
  })
  .refine(({ message, messages }) => lengthOf(message, messages) <= longestConversation, {
    path: ['messages'],
    error: `are too long: ${longestConversation} characters in all are taken; leave out the oldest`,
  });

function lengthOf(message: string, messages: Turn[]): number {
  return messages.reduce((sum, { content }) => sum + content.length, message.length);
}
