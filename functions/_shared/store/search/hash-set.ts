/** Slots at first; always a power of two. */
const initialSlots = 4096;

/**
 * A set of unsigned 32-bit hashes, by open addressing. A block of payloads has tens of thousands of
 * words, most of them again and again: `Set` takes four times as long for them.
 */
export class HashSet {
  #slots = new Uint32Array(initialSlots);
  #size = 0;
  /** 0 marks an empty slot, so the hash 0 is kept apart. */
  #hasZero = false;

  get size(): number {
    return this.#size;
  }

  add(hash: number): void {
    if (hash === 0) {
      if (!this.#hasZero) this.#size++;
      this.#hasZero = true;
      return;
    }
    const slots = this.#slots;
    const mask = slots.length - 1;
    // The low bits of FNV-1a are its best; words that differ little lie far apart by them.
    let slot = hash & mask;
    while (slots[slot] !== 0) {
      if (slots[slot] === hash) return;
      slot = (slot + 1) & mask;
    }
    slots[slot] = hash;
    this.#size++;
    if (this.#size * 2 > slots.length) this.#grow();
  }

  *[Symbol.iterator](): Generator<number> {
    if (this.#hasZero) yield 0;
    for (const hash of this.#slots) if (hash !== 0) yield hash;
  }

  #grow(): void {
    const hashes = this.#slots;
    this.#slots = new Uint32Array(hashes.length * 2);
    this.#size = this.#hasZero ? 1 : 0;
    for (const hash of hashes) if (hash !== 0) this.add(hash);
  }
}
