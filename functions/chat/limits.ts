/** Bounds of one ask, held by the function and kept by the page, which leaves out the oldest turns. */
export const longestMessage = 100_000;
export const mostTurns = 200;
/** Characters of the message and all turns before it. */
export const longestConversation = 1_000_000;
