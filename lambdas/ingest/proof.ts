import type { RefusalReason } from '../contract/step-log.ts';

/** What a request brings to show that it is the sender's, read without a look at any secret. */
export type Proof =
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | {
      readonly kind: 'given';
      /** In a time that tells nothing of the secret. */
      readonly holdsUnder: (secret: string) => boolean;
      /** Whether a secret is one at all for this kind; undefined where any text is. */
      readonly isSecret?: (secret: string) => boolean;
      /** Why it is refused if it holds under no valid secret. */
      readonly otherwise: RefusalReason;
      /** A signature that the destination can check for itself. A credential that is a secret by itself never goes here. */
      readonly signature?: string;
    };
