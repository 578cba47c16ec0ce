import type { SecretSource } from '../contract/ports.ts';
import { signingKey } from './sign-delivery.ts';

/** What a delivery proves itself with. Never logged. */
export interface Credentials {
  /** Newest first; none where the route does not sign. */
  readonly signingKeys: readonly Uint8Array[];
}

/** Where a route's credentials are kept. */
export interface CredentialSettings {
  /** Absent where the route does not sign. */
  readonly signingSecretArn?: string | undefined;
}

/** Rejects when they cannot be had just now, or make no sense: that is a fault of ours, and nothing may be posted. */
export type ReadCredentials = (withinMs: number) => Promise<Credentials>;

export function credentialsReader({ signingSecretArn }: CredentialSettings, secrets: SecretSource): ReadCredentials {
  return async (withinMs) => {
    const signingSecrets = signingSecretArn === undefined ? [] : await secrets(signingSecretArn, withinMs);
    return { signingKeys: signingSecrets.map(signingKey) };
  };
}
