import { reasonOf } from '../../operator/operator-error.ts';
import type { SenderSecrets } from '../../operator/secrets/sender-secrets.ts';
import type { Entrance } from './entrance.ts';

/** The secret that a route shares with its sender, as far as it could be read. */
export type KnownSecret =
  | { readonly kind: 'known'; readonly current: string; readonly previous: string | undefined }
  /** The route accepts unsigned requests. */
  | { readonly kind: 'none' }
  | { readonly kind: 'not-read'; readonly reason: string };

/** What a value from Genesys is to a route's secret. A mask in place of a value says nothing. */
export function compareSecret(
  value: string,
  secret: Extract<KnownSecret, { kind: 'known' }>,
): 'current' | 'previous' | 'other' | 'masked' {
  if (value === secret.current) return 'current';
  if (value === secret.previous) return 'previous';
  return /^[*•\s]*$/.test(value) ? 'masked' : 'other';
}

/** Reads what a relay knows; a secret that cannot be read is said to be, and the rest is looked at all the same. */
export function secretReader(secrets: Pick<SenderSecrets, 'read'>) {
  return async ({ secretArn }: Entrance): Promise<KnownSecret> => {
    if (secretArn === undefined) return { kind: 'none' };
    try {
      const { current, previous } = await secrets.read(secretArn);
      return { kind: 'known', current: current.value, previous: previous?.value };
    } catch (error) {
      return { kind: 'not-read', reason: reasonOf(error) };
    }
  };
}
