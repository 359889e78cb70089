/** What a reader tells of each answer, in this order. */
export interface AnswerSink {
  head(status: number): void;
  /** Bytes of the body, without HTTP's own framing. */
  body(bytes: Buffer): void;
  end(): void;
}

const headEnd = Buffer.from('\r\n\r\n');
const lineEnd = Buffer.from('\r\n');

/**
 * Reads the HTTP/1.1 answers of one kept connection (RFC 9112), wherever the network cuts them.
 * Only what a load generator needs: no upgrade, no bodies that end with the connection. Throws
 * when bytes come that fit no answer.
 */
export function createAnswerReader(sink: AnswerSink): (bytes: Buffer) => void {
  let held: Buffer | null = null;
  let expects: 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' = 'head';
  let remaining = 0;

  /** The place after `mark`, or -1 with the rest of the bytes held for later. */
  const after = (mark: Buffer, bytes: Buffer, from: number): number => {
    const at = bytes.indexOf(mark, from);
    if (at >= 0) return at + mark.length;
    if (bytes.length - from > 64 * 1024) throw new Error('A head or chunk line is over 64 KiB.');
    held = bytes.subarray(from);
    return -1;
  };

  const finish = () => {
    expects = 'head';
    sink.end();
  };

  function readHead(head: string) {
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    if (Number.isNaN(status)) throw new Error(`Not an HTTP/1.1 answer: ${head.slice(0, 80)}`);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    sink.head(status);
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      expects = 'chunk-size';
    } else if (length !== undefined) {
      remaining = Number(length);
      expects = 'body';
      if (remaining === 0) finish();
    } else if (status === 204 || status === 304) {
      finish();
    } else {
      throw new Error('An answer has neither a content-length nor chunks.');
    }
  }

  return (given) => {
    const bytes = held === null ? given : Buffer.concat([held, given]);
    held = null;
    let at = 0;
    while (at < bytes.length) {
      const from = at;
      switch (expects) {
        case 'head':
          at = after(headEnd, bytes, from);
          if (at < 0) return;
          readHead(bytes.toString('latin1', from, at));
          break;
        case 'body':
        case 'chunk': {
          at = Math.min(bytes.length, from + remaining);
          remaining -= at - from;
          sink.body(bytes.subarray(from, at));
          if (remaining === 0 && expects === 'chunk') expects = 'chunk-end';
          else if (remaining === 0) finish();
          break;
        }
        case 'chunk-size':
          at = after(lineEnd, bytes, from);
          if (at < 0) return;
          remaining = Number.parseInt(bytes.toString('latin1', from, at), 16);
          if (Number.isNaN(remaining)) throw new Error('A chunk has no size.');
          expects = remaining === 0 ? 'trailer' : 'chunk';
          break;
        case 'chunk-end':
          at = after(lineEnd, bytes, from);
          if (at < 0) return;
          if (at !== from + 2) throw new Error('A chunk is longer than its size says.');
          expects = 'chunk-size';
          break;
        case 'trailer':
          at = after(lineEnd, bytes, from);
          if (at < 0) return;
          if (at === from + 2) finish();
          break;
      }
    }
  };
}
