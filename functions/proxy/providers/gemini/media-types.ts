/** What Gemini reads, by the endings that such files have. */
const types: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
  gif: 'image/gif',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  aac: 'audio/aac',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  m4a: 'audio/m4a',
  mp4: 'video/mp4',
  mov: 'video/mov',
  mpeg: 'video/mpeg',
  mpg: 'video/mpg',
  webm: 'video/webm',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
};

/** The media type of a file's name or URL; null where its ending tells none. */
export function mediaTypeOf(name: string): string | null {
  const ending = /\.([a-z0-9]{1,5})(?:[?#]|$)/i.exec(name)?.[1];
  return types[ending?.toLowerCase() ?? ''] ?? null;
}
