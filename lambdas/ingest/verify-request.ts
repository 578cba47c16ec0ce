import type { SecretVerification, Verification } from '../contract/env.ts';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { SecretSource } from '../contract/ports.ts';
import type { Proof } from './proof.ts';
import type { VerificationResult } from './verification-result.ts';
import { basicProof } from './verify-basic.ts';
import { headerProof } from './verify-header.ts';
import { hmacSha256Proof } from './verify-hmac-sha256.ts';
import { openMessagingProof } from './verify-open-messaging.ts';
import { standardWebhooksProof } from './verify-standard-webhooks.ts';
import type { WebhookRequest } from './webhook-request.ts';

/**
 * Whether a request comes from the route's sender, by the kind of verification the route is configured for. The secrets
 * are asked for only when there is something to hold against them: garbage costs no call to the secret store.
 *
 * @throws what `secrets` throws, and ServiceUnavailableError for a secret that can be none of its kind: that is our
 *   fault (503), not a wrong signature (401)
 */
export async function verifyRequest(
  request: WebhookRequest,
  verification: Verification,
  secrets: SecretSource,
  nowMs: number,
): Promise<VerificationResult> {
  if (verification.kind === 'none') return { kind: 'verified' };
  const proof = readProof(request, verification, nowMs);
  if (proof.kind === 'refused') return proof;
  const verified = { kind: 'verified', signature: proof.signature } as const;
  const known = await secrets(verification.secretArn);
  if (holdsUnderAny(known, proof)) return verified;
  // The sender may have been told a new secret since these were read.
  const newer = await secrets(verification.secretArn, { refused: known });
  if (holdsUnderAny(newer, proof)) return verified;
  demandSecret(newer, proof);
  return { kind: 'refused', reason: proof.otherwise };
}

/** Somebody put a text into the route's secret that is none: the sender, who may well be genuine, has to come again. */
function demandSecret([current]: readonly string[], { isSecret }: Extract<Proof, { kind: 'given' }>): void {
  if (current === undefined || isSecret === undefined || isSecret(current)) return;
  throw new ServiceUnavailableError('the secret of the route is not base64, as Standard Webhooks wants it');
}

function readProof(request: WebhookRequest, verification: SecretVerification, nowMs: number): Proof {
  switch (verification.kind) {
    case 'open-messaging':
      return openMessagingProof(request);
    case 'hmac-sha256':
      return hmacSha256Proof(request, verification, nowMs);
    case 'header':
      return headerProof(request, verification);
    case 'basic':
      return basicProof(request, verification);
    case 'standard-webhooks':
      return standardWebhooksProof(request, nowMs);
  }
}

/** No early exit: how long it takes says nothing about which secret matched. */
function holdsUnderAny(secrets: readonly string[], { holdsUnder }: Extract<Proof, { kind: 'given' }>): boolean {
  return secrets.map(holdsUnder).includes(true);
}
