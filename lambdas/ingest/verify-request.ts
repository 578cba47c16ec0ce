import type { Verification } from '../contract/env.ts';
import type { SecretSource } from '../contract/ports.ts';
import type { VerificationResult } from './verification-result.ts';
import { verifyOpenMessaging } from './verify-open-messaging.ts';
import type { WebhookRequest } from './webhook-request.ts';

/**
 * Whether a request comes from the route's sender, by the kind of verification the route is configured for.
 *
 * @throws what `secrets` throws: a secret that cannot be read is our fault (503), not a wrong signature (401)
 */
export async function verifyRequest(
  request: WebhookRequest,
  verification: Verification,
  secrets: SecretSource,
): Promise<VerificationResult> {
  switch (verification.kind) {
    case 'none':
      return { kind: 'verified' };
    case 'open-messaging':
      return verifyOpenMessaging(request, () => secrets(verification.secretArn));
  }
}
