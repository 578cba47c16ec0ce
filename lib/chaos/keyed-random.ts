import { createHash } from 'node:crypto';
import { type SeededRandom, seededRandom } from '../../samples/seeded-random.ts';

/**
 * Chance that depends on nothing but the seed and what it is about. A single stream would give every event other luck
 * as soon as two of them changed places, and in a run of many processes they always do.
 */
export function keyedRandom(seed: number, ...about: readonly (string | number)[]): SeededRandom {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...about]))
    .digest();
  return seededRandom(digest.readUInt32LE());
}
