import { readDataUrl } from '../data-url.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import { cacheMark } from './cache-mark.ts';

/** Anthropic's own kinds of content, which a client may send as they are. */
const native = new Set(['image', 'document', 'search_result', 'container_upload']);

/** A message's content as Anthropic's blocks. `place` is where it stands, for an error. */
export function translateContent(content: unknown, place: string, refuse: Refuse): Json[] {
  if (typeof content === 'string') return textBlocks({ text: content });
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: Json, index) => translatePart(part, `${place}[${index}]`, refuse));
}

function translatePart(part: Json, place: string, refuse: Refuse): Json[] {
  const mark = cacheMark(part);
  if (part.type === 'text' || part.type === 'refusal') {
    return textBlocks({ text: part.text ?? part.refusal, ...mark });
  }
  if (part.type === 'image_url') {
    const { image_url: image } = part;
    const url = isObject(image) ? image.url : image;
    if (typeof url === 'string') return [{ type: 'image', source: sourceOf(url), ...mark }];
  }
  if (part.type === 'file' && isObject(part.file)) {
    const block = documentBlock(part.file);
    if (block) return [{ ...block, ...mark }];
  }
  if (native.has(String(part.type))) return [{ ...part }];
  refuse(place, `of type ${String(part.type)}`);
  return [];
}

/** An empty text is an error at Anthropic, and says nothing. */
function textBlocks(block: Json): Json[] {
  return typeof block.text === 'string' && block.text !== '' ? [{ type: 'text', ...block }] : [];
}

function documentBlock({ file_data: data, file_id: id, filename }: Json): Json | null {
  const title = typeof filename === 'string' ? { title: filename } : {};
  if (typeof data === 'string') return { type: 'document', source: sourceOf(data), ...title };
  if (typeof id === 'string') {
    return { type: 'document', source: { type: 'file', file_id: id }, ...title };
  }
  return null;
}

/** Nothing is fetched here: what a URL points at is for the provider to get. */
function sourceOf(url: string): Json {
  const given = readDataUrl(url);
  if (given === null) return { type: 'url', url };
  const { mediaType, data, isBase64 } = given;
  return { type: isBase64 ? 'base64' : 'text', media_type: mediaType ?? 'text/plain', data };
}
