import * as z from 'zod';
import type { CallGenesys } from '../connection/call-genesys.ts';
import { readPages } from './read-pages.ts';

const reference = z.object({ id: z.string().optional() });

/** An Open Messaging integration: what is checked of it, and what a change of it has to keep. */
export const openIntegrationSchema = z.object({
  id: z.string(),
  name: z.string().default(''),
  outboundNotificationWebhookUrl: z.string().optional(),
  /** Genesys takes it, and seems not to give it back. */
  outboundNotificationWebhookSignatureSecretToken: z.string().optional(),
  webhookHeaders: z.record(z.string(), z.string()).optional(),
  status: z.string().optional(),
  createStatus: z.string().optional(),
  createError: z.object({ message: z.string().optional(), code: z.string().optional() }).optional(),
  supportedContent: reference.optional(),
  messagingSetting: reference.optional(),
});

export type OpenIntegration = z.output<typeof openIntegrationSchema>;

/** @throws GenesysError; without `messaging:integration:view` one that says so */
export function listOpenIntegrations(call: CallGenesys): Promise<readonly OpenIntegration[]> {
  return readPages(call, {
    action: 'list the Open Messaging integrations',
    // A page of 25 is what this list gives unless asked otherwise, and what it is sure to give.
    send: ({ conversations }, pageNumber) =>
      conversations.getConversationsMessagingIntegrationsOpen({ pageSize: 25, pageNumber }),
    entity: openIntegrationSchema,
  });
}
