import type { Verification } from '../../lambdas/contract/env.ts';
import type { VerifyConfig } from './relay-config.ts';

/**
 * What the ingest function has to know to verify a route's requests.
 *
 * @param secretArn of the secret shared with the sender; undefined for a route that accepts unsigned requests
 */
export function senderVerification(verify: VerifyConfig, secretArn: string | undefined): Verification {
  if (verify.kind === 'none') return { kind: 'none' };
  // Without its secret a route must not become one that lets everybody in.
  if (secretArn === undefined) throw new Error(`a route of kind ${verify.kind} has no secret`);
  switch (verify.kind) {
    case 'open-messaging':
    case 'standard-webhooks':
      return { kind: verify.kind, secretArn };
    case 'hmac-sha256': {
      const { kind, prefix, encoding, timestamp } = verify;
      const signed = { kind, secretArn, header: verify.header.toLowerCase(), prefix, encoding };
      if (timestamp === undefined) return signed;
      return { ...signed, timestamp: { ...timestamp, header: timestamp.header.toLowerCase() } };
    }
    case 'header':
      return { kind: verify.kind, secretArn, header: verify.header.toLowerCase(), prefix: verify.prefix };
    case 'basic':
      return { kind: verify.kind, secretArn, username: verify.username };
  }
}

/** What the secret is for, as whoever finds it in the console reads it. */
export function describeSenderSecret(kind: VerifyConfig['kind'], route: string, stack: string): string {
  switch (kind) {
    case 'open-messaging':
      return `Signs the webhooks of route ${route} of ${stack}: paste it into Genesys`;
    case 'basic':
      return `Password of the sender of route ${route} of ${stack}`;
    case 'header':
      return `Lets the sender of route ${route} of ${stack} in: the value of its header`;
    default:
      return `Signs the webhooks of route ${route} of ${stack}: give it to the sender`;
  }
}
