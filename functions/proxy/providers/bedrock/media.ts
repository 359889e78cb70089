import { readDataUrl } from '../data-url.ts';
import type { Json } from '../json.ts';

/** Bedrock's own names of formats, by media type; each kind of block has its own. */
const formats: Record<string, [kind: 'image' | 'document' | 'video' | 'audio', format: string]> = {
  'image/png': ['image', 'png'],
  'image/jpeg': ['image', 'jpeg'],
  'image/jpg': ['image', 'jpeg'],
  'image/gif': ['image', 'gif'],
  'image/webp': ['image', 'webp'],
  'application/pdf': ['document', 'pdf'],
  'text/csv': ['document', 'csv'],
  'application/msword': ['document', 'doc'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['document', 'docx'],
  'application/vnd.ms-excel': ['document', 'xls'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['document', 'xlsx'],
  'text/html': ['document', 'html'],
  'text/plain': ['document', 'txt'],
  'text/markdown': ['document', 'md'],
  'video/mp4': ['video', 'mp4'],
  'video/quicktime': ['video', 'mov'],
  'video/x-matroska': ['video', 'mkv'],
  'video/webm': ['video', 'webm'],
  'video/x-flv': ['video', 'flv'],
  'video/mpeg': ['video', 'mpeg'],
  'video/x-ms-wmv': ['video', 'wmv'],
  'video/3gpp': ['video', 'three_gp'],
  'audio/mpeg': ['audio', 'mp3'],
  'audio/wav': ['audio', 'wav'],
  'audio/flac': ['audio', 'flac'],
  'audio/ogg': ['audio', 'ogg'],
  'audio/mp4': ['audio', 'm4a'],
};

const byExtension = Object.values(formats);

/** Names a document: Bedrock wants a name of each, and no two alike in one request. */
export type NameDocument = (filename: unknown) => string;

export function createDocumentNames(): NameDocument {
  const used = new Set<string>();
  return (filename) => {
    const stem = typeof filename === 'string' ? filename.replace(/\.[^.]*$/, '') : '';
    // Letters, digits, single spaces, hyphens and brackets are all that a name may have.
    const clean = stem
      .replace(/[^A-Za-z0-9()[\]-]+/g, ' ')
      .trim()
      .slice(0, 100);
    const name = clean || 'document';
    let unique = name;
    for (let n = 2; used.has(unique); n++) unique = `${name} ${n}`;
    used.add(unique);
    return unique;
  };
}

/**
 * A file as Bedrock's block: bytes by a `data:` URL, or a place in S3. Null for what it does not
 * take; it fetches nothing from the web, and nothing is fetched for it here.
 */
export function mediaBlock(url: string, filename: unknown, name: NameDocument): Json | null {
  if (url.startsWith('s3://')) {
    const extension = /\.([a-z0-9]+)$/i.exec(url)?.[1]?.toLowerCase() ?? '';
    const format = extension === 'jpg' ? 'jpeg' : extension === '3gp' ? 'three_gp' : extension;
    const kind = byExtension.find(([, each]) => each === format)?.[0];
    return kind ? block(kind, format, { s3Location: { uri: url } }, filename, name) : null;
  }
  const data = readDataUrl(url);
  const known = formats[data?.mediaType?.toLowerCase() ?? ''];
  if (!data || !known) return null;
  const bytes = data.isBase64 ? data.data : Buffer.from(data.data).toString('base64');
  return block(known[0], known[1], { bytes }, filename, name);
}

function block(
  kind: string,
  format: string,
  source: Json,
  filename: unknown,
  name: NameDocument,
): Json {
  return { [kind]: { format, ...(kind === 'document' ? { name: name(filename) } : {}), source } };
}
