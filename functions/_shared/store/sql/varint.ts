/** Whole numbers from 0 on in as few bytes as they need, seven bits each, the lowest first (LEB128). */
export function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

export function readVarints(bytes: Uint8Array) {
  let at = 0;
  return {
    left: () => at < bytes.length,
    next(): number {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = bytes[at++];
        if (byte === undefined) throw new RangeError('A number ends before its last byte.');
        if (byte < 128) return value + byte * factor;
        value += (byte - 128) * factor;
      }
    },
  };
}
