import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import { cachePoint } from './cache-point.ts';
import { mediaBlock, type NameDocument } from './media.ts';

/** A message's content as Bedrock's blocks. `place` is where it stands, for an error. */
export function translateContent(
  content: unknown,
  place: string,
  refuse: Refuse,
  name: NameDocument,
): Json[] {
  if (typeof content === 'string') return textBlocks(content);
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: Json, index) => {
    const blocks = translatePart(part, name);
    if (blocks === null) {
      refuse(`${place}[${index}]`, whyNot(part));
      return [];
    }
    return [...blocks, ...(blocks.length > 0 ? cachePoint(part) : [])];
  });
}

/** Null for what Bedrock does not take. */
function translatePart(part: Json, name: NameDocument): Json[] | null {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return textBlocks(part.text ?? part.refusal);
    // LiteLLM's: text that a guardrail is to look at, and no other.
    case 'guarded_text':
      return [{ guardContent: { text: { text: part.text } } }];
    case 'input_audio': {
      const audio = isObject(part.input_audio) ? part.input_audio : {};
      return [{ audio: { format: audio.format, source: { bytes: audio.data } } }];
    }
    default: {
      const url = urlOf(part);
      const filename = isObject(part.file) ? part.file.filename : null;
      const block = url === null ? null : mediaBlock(url, filename, name);
      return block && [block];
    }
  }
}

/** An empty text is an error at Bedrock, and says nothing. */
function textBlocks(text: unknown): Json[] {
  return typeof text === 'string' && text !== '' ? [{ text }] : [];
}

function urlOf(part: Json): string | null {
  const named = part.image_url ?? part.video_url ?? part.file;
  const url = isObject(named) ? (named.url ?? named.file_data) : named;
  return typeof url === 'string' ? url : null;
}

function whyNot(part: Json): string {
  const url = urlOf(part);
  if (url === null) return `of type ${String(part.type)}`;
  if (/^https?:/.test(url)) return 'by a URL; send it as a data: URL or as s3://';
  return `of the format ${url.split(/[;,]/, 1)[0]?.slice(0, 100)}`;
}
