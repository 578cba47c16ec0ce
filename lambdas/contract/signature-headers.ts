import type { Verification } from './env.ts';

/** In lower case as API Gateway delivers names. */
export const openMessagingSignatureHeader = 'x-hub-signature-256';

/**
 * The header of a sender's signature that goes on to the destination, which can check it for itself; undefined where
 * there is none to pass on. A header or password that is a secret by itself never is, nor is a signature over an id or
 * a timestamp that the destination does not get.
 */
export function passedOnSignatureHeader(verification: Verification): string | undefined {
  switch (verification.kind) {
    case 'open-messaging':
      return openMessagingSignatureHeader;
    case 'hmac-sha256':
      return verification.timestamp === undefined ? verification.header : undefined;
    case 'header':
    case 'basic':
    case 'standard-webhooks':
    case 'none':
      return undefined;
  }
}
