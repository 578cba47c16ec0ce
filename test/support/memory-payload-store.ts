import type { PayloadStore } from '../../lambdas/contract/ports.ts';

/** Payloads without S3. */
export interface MemoryPayloadStore extends PayloadStore {
  readonly objects: Map<string, Uint8Array>;
}

export function memoryPayloadStore(bucket = 'payload-bucket'): MemoryPayloadStore {
  const objects = new Map<string, Uint8Array>();
  return {
    bucket,
    objects,
    async put(key, bytes) {
      // A copy: what the caller does with its buffer later must not show in the store.
      objects.set(key, Uint8Array.from(bytes));
    },
    async get(pointer) {
      return (pointer.bucket === bucket ? objects.get(pointer.key) : undefined) ?? 'missing';
    },
  };
}
