import type { Verification } from '../contract/env.ts';
import type { SecretSource } from '../contract/ports.ts';
import type { Proof } from './proof.ts';
import type { VerificationResult } from './verification-result.ts';
import { openMessagingProof } from './verify-open-messaging.ts';
import type { WebhookRequest } from './webhook-request.ts';

/**
 * Whether a request comes from the route's sender, by the kind of verification the route is configured for. The secrets
 * are asked for only when there is something to hold against them: garbage costs no call to the secret store.
 *
 * @throws what `secrets` throws: a secret that cannot be read is our fault (503), not a wrong signature (401)
 */
export async function verifyRequest(
  request: WebhookRequest,
  verification: Verification,
  secrets: SecretSource,
): Promise<VerificationResult> {
  if (verification.kind === 'none') return { kind: 'verified' };
  const proof = readProof(request, verification);
  if (proof.kind === 'refused') return proof;
  const known = await secrets(verification.secretArn);
  // The sender may have been told a new secret since these were read.
  const holds =
    holdsUnderAny(known, proof) || holdsUnderAny(await secrets(verification.secretArn, { refused: known }), proof);
  return holds ? { kind: 'verified', signature: proof.signature } : { kind: 'refused', reason: proof.otherwise };
}

function readProof(request: WebhookRequest, verification: Exclude<Verification, { kind: 'none' }>): Proof {
  switch (verification.kind) {
    case 'open-messaging':
      return openMessagingProof(request);
  }
}

/** No early exit: how long it takes says nothing about which secret matched. */
function holdsUnderAny(secrets: readonly string[], { holdsUnder }: Extract<Proof, { kind: 'given' }>): boolean {
  return secrets.map(holdsUnder).includes(true);
}
