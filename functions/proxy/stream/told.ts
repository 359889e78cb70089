import type { Told } from '../api.ts';
import { readOpenAiUsage } from '../providers/openai-usage.ts';
import type { Assembler } from './assemble.ts';

/** A chat stream for the books: the completion that it would have been, as far as it came. */
export function toldOf(assembler: Assembler): Told {
  return {
    get body() {
      return assembler.completion();
    },
    get tokens() {
      return readOpenAiUsage(assembler.usage);
    },
    get responseId() {
      const id = assembler.completion()?.id;
      return typeof id === 'string' ? id : null;
    },
    get finishReason() {
      return assembler.finishReason;
    },
    completion: () => assembler.text(),
  };
}
