import { localRegion } from './name-resources.ts';

/** What the emulators take for credentials: anything. */
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** Settings of an SDK client for an emulator. */
export function localClientSettings(endpoint: string) {
  return { endpoint, region: localRegion, credentials: localCredentials, maxAttempts: 1 };
}
