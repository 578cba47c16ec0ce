import type { ParkedObjects } from '../../lambdas/contract/ports.ts';

/** As many keys as S3 lists at once. */
const pageSize = 1_000;

/** Parked messages without S3. */
export interface MemoryParkedObjects extends ParkedObjects {
  readonly objects: Map<string, string>;
}

export function memoryParkedObjects(): MemoryParkedObjects {
  const objects = new Map<string, string>();
  return {
    objects,
    async put(key, text) {
      objects.set(key, text);
    },
    async get(key) {
      return objects.get(key) ?? 'missing';
    },
    async delete(key) {
      objects.delete(key);
    },
    async list(prefix, after = '') {
      return [...objects.keys()]
        .filter((key) => key.startsWith(prefix) && key > after)
        .sort()
        .slice(0, pageSize);
    },
  };
}
