import type { ParkedObjects, PayloadStore } from '../contract/ports.ts';

/*
 * S3 for functions that seldom need it. Its client is as large as all others together, and most webhooks are neither
 * large nor spilled: so it is loaded, in some tens of milliseconds that no time limit counts, with the first that is.
 */

/** {@link PayloadStore} in a bucket, loaded when it is first used. */
export function payloadStoreOnDemand(bucket: string): PayloadStore {
  const store = onDemand(async () => (await import('./s3-payload-store.ts')).s3PayloadStore(bucket));
  return {
    bucket,
    put: async (...object) => (await store()).put(...object),
    get: async (...pointer) => (await store()).get(...pointer),
  };
}

/** {@link ParkedObjects} in a bucket, loaded when they are first used. */
export function parkedObjectsOnDemand(bucket: string): ParkedObjects {
  const objects = onDemand(async () => (await import('./s3-parked-objects.ts')).s3ParkedObjects(bucket));
  return {
    put: async (...object) => (await objects()).put(...object),
    get: async (key) => (await objects()).get(key),
    delete: async (key) => (await objects()).delete(key),
    list: async (...range) => (await objects()).list(...range),
  };
}

function onDemand<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
