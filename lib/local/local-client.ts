import { localRegion } from './name-resources.ts';

/** What the emulators take for credentials: anything. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** Marks the calls of the relay itself, in the `user-agent` header that every SDK client sends. */
export const relayAppId = 'local-relay';

/** Settings of an SDK client for an emulator. */
export function localClientSettings(endpoint: string) {
  return { endpoint, region: localRegion, credentials: localCredentials, maxAttempts: 1 };
}
