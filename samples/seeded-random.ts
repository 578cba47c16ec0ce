/** A stream of values that is the same on every run, for samples that must not change between two builds. */
export interface SeededRandom {
  /** A whole number between the two, both included. */
  between(low: number, high: number): number;
  /** The shape of a version 4 UUID. Not unique beyond one stream, and guessable: for samples only. */
  uuid(): string;
}

/** Mulberry32: 32 bits of state, good enough to look random. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;

  function next32Bits(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  function hex32Bits(): string {
    return next32Bits().toString(16).padStart(8, '0');
  }

  return {
    between: (low, high) => low + (next32Bits() % (high - low + 1)),
    uuid() {
      const hex = hex32Bits() + hex32Bits() + hex32Bits() + hex32Bits();
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
}
