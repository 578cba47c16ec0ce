import type { SecretSource } from '../contract/ports.ts';
import { signingKey } from './sign-delivery.ts';

/** What a delivery proves itself with. Never logged. */
export interface Credentials {
  /** Newest first; none where the route does not sign. */
  readonly signingKeys: readonly Uint8Array[];
  /** Headers whose values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where a route's credentials are kept. */
export interface CredentialSettings {
  /** Absent where the route does not sign. */
  readonly signingSecretArn?: string | undefined;
  /** Names of headers, and the ARNs of the secrets that are their values. */
  readonly secretHeaders?: Readonly<Record<string, string>> | undefined;
}

/** Rejects when they cannot be had just now, or make no sense: that is a fault of ours, and nothing may be posted. */
export type ReadCredentials = (withinMs: number) => Promise<Credentials>;

export function credentialsReader(
  { signingSecretArn, secretHeaders = {} }: CredentialSettings,
  secrets: SecretSource,
): ReadCredentials {
  const readHeader = async (name: string, secretArn: string, withinMs: number) => {
    const [newest = ''] = await secrets(secretArn, { withinMs });
    return [name, headerValue(name, newest)];
  };
  return async (withinMs) => {
    const [signingSecrets, ...headers] = await Promise.all([
      signingSecretArn === undefined ? [] : secrets(signingSecretArn, { withinMs }),
      ...Object.entries(secretHeaders).map(([name, secretArn]) => readHeader(name, secretArn, withinMs)),
    ]);
    return { signingKeys: signingKeys(signingSecrets), headers: Object.fromEntries(headers) };
  };
}

/** The newest has to be one. A previous one that is none was a mistake, and is mended by the newest. */
function signingKeys([newest, ...previous]: readonly string[]): readonly Uint8Array[] {
  if (newest === undefined) return [];
  const readable = previous.flatMap((secret) => {
    try {
      return [signingKey(secret)];
    } catch {
      return [];
    }
  });
  return [signingKey(newest), ...readable];
}

/** HTTP drops white space around a value; a file that a secret was read from often ends with some. */
function headerValue(name: string, secret: string): string {
  const value = secret.trim();
  // Node would quote nothing of it either, but would call it the destination's failure.
  if (!/^[\t -~]+$/.test(value)) throw new Error(`the secret for the header ${name} cannot be sent in a header`);
  return value;
}
