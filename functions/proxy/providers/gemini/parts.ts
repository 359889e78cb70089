import { readDataUrl } from '../data-url.ts';
import { isObject, type Json } from '../json.ts';
import type { Refuse } from '../unsupported.ts';
import { mediaTypeOf } from './media-types.ts';

/** A message's content as Gemini's parts. `place` is where it stands, for an error. */
export function translateParts(content: unknown, place: string, refuse: Refuse): Json[] {
  if (typeof content === 'string') return textParts(content);
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: Json, index) => translatePart(part, `${place}[${index}]`, refuse));
}

function translatePart(part: Json, place: string, refuse: Refuse): Json[] {
  switch (part.type) {
    case 'text':
      return textParts(part.text);
    case 'refusal':
      return textParts(part.refusal);
    case 'image_url':
    case 'video_url': {
      const given = part[part.type];
      const { url, format } = isObject(given) ? given : { url: given, format: undefined };
      const usual = part.type === 'image_url' ? 'image/jpeg' : 'video/mp4';
      if (typeof url === 'string') return [mediaPart(url, format, usual)];
      break;
    }
    case 'input_audio':
      if (isObject(part.input_audio) && typeof part.input_audio.data === 'string') {
        const { data, format } = part.input_audio;
        const mimeType = typeof format === 'string' ? audioType(format) : 'audio/wav';
        return [{ inlineData: { mimeType, data } }];
      }
      break;
    case 'file':
      if (isObject(part.file)) {
        const { file_data, file_id, filename, format } = part.file;
        const source = file_data ?? file_id;
        const usual = typeof filename === 'string' ? mediaTypeOf(filename) : null;
        if (typeof source === 'string') return [mediaPart(source, format, usual)];
      }
  }
  refuse(place, `of type ${String(part.type)}`);
  return [];
}

/** An empty part is an error at Gemini, and says nothing. */
function textParts(text: unknown): Json[] {
  return typeof text === 'string' && text !== '' ? [{ text }] : [];
}

const audioType = (format: string) => (format.includes('/') ? format : `audio/${format}`);

/**
 * Nothing is fetched here: what a URL points at (`https:`, `gs:`, a file of the Files API) is for
 * Gemini to get. It has to be told what that is; `format` is LiteLLM's way to say so.
 */
function mediaPart(url: string, format: unknown, usual: string | null): Json {
  const given = typeof format === 'string' && format.includes('/') ? format : null;
  const inline = readDataUrl(url);
  if (inline === null) {
    // A file of the Files API has its type with it, and no ending.
    const isStored = url.startsWith('files/') || url.includes('/v1beta/files/');
    const mimeType = given ?? mediaTypeOf(url) ?? (isStored ? null : usual);
    return { fileData: { ...(mimeType === null ? {} : { mimeType }), fileUri: url } };
  }
  const mimeType = given ?? inline.mediaType ?? usual ?? 'text/plain';
  const data = inline.isBase64 ? inline.data : Buffer.from(inline.data).toString('base64');
  return { inlineData: { mimeType, data } };
}
