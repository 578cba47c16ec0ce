import type { Verification } from './env.ts';

/** In lower case as API Gateway delivers names. */
export const openMessagingSignatureHeader = 'x-hub-signature-256';

/**
 * The header each kind of verification signs with, in lower case as API Gateway delivers names. It goes on to the
 * destination, which can check the sender's signature for itself; undefined where there is none to pass on.
 */
export const signatureHeaders: Readonly<Record<Verification['kind'], string | undefined>> = {
  'open-messaging': openMessagingSignatureHeader,
  none: undefined,
};
