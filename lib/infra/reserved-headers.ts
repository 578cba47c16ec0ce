import { openMessagingSignatureHeader } from '../../lambdas/contract/signature-headers.ts';

/** Headers that the relay itself sets on a delivery, or that HTTP fixes: a config cannot replace them. */
export const reservedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
  openMessagingSignatureHeader,
  'x-relay-attempt',
  'x-relay-route',
  'x-webhook-source',
]);
