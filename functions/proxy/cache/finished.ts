import { outputTokens, type Tokens } from '../../_shared/units.ts';
import type { Told } from '../api.ts';

/** Not so of an answer that was filtered, that says nothing, or not why it ended. */
export function isFinished({ finishReason }: Told, tokens: Tokens): boolean {
  return finishReason !== null && finishReason !== 'content_filter' && outputTokens(tokens) > 0;
}
