import { parentPort } from 'node:worker_threads';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/** What a text may hold that looks like a special token is text all the same. */
const asText = { disallowedSpecial: new Set<string>() };

parentPort?.on('message', ({ id, texts }: { id: number; texts: string[] }) => {
  const tokens = texts.reduce((sum, text) => sum + countTokens(text, asText), 0);
  parentPort?.postMessage({ id, tokens });
});
