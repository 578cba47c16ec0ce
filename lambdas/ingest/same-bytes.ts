import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares in a time that tells nothing of the expected bytes, not even how many they are. */
export function sameBytes(given: Uint8Array, expected: Uint8Array): boolean {
  return timingSafeEqual(sha256(given), sha256(expected));
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
