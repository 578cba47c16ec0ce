import type { RefusalReason } from '../contract/step-log.ts';

/** Whether a request is the sender's. A signature is handed on to the destination. */
export type VerificationResult =
  | { readonly kind: 'verified'; readonly signature?: string | undefined }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };
