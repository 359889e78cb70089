export interface DataUrl {
  /** Null where the URL tells none. */
  mediaType: string | null;
  /** Base64, or text. */
  data: string;
  isBase64: boolean;
}

/** Null for a URL that is no `data:`. */
export function readDataUrl(url: string): DataUrl | null {
  if (!url.startsWith('data:')) return null;
  const comma = url.indexOf(',');
  const head = url.slice(5, comma);
  const data = url.slice(comma + 1);
  const isBase64 = head.endsWith(';base64');
  return { mediaType: head.split(';')[0] || null, data: isBase64 ? data : decode(data), isBase64 };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
