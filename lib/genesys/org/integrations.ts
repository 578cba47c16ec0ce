import * as z from 'zod';
import type { CallGenesys } from '../connection/call-genesys.ts';
import { pageSize, readPages } from './read-pages.ts';

const integrationSchema = z.object({
  id: z.string(),
  name: z.string().default(''),
  intendedState: z.string().optional(),
  reportedState: z
    .object({ code: z.string().optional(), detail: z.object({ message: z.string().optional() }).nullish() })
    .optional(),
});

/** An integration as the admin page Integrations lists it. */
export type Integration = z.output<typeof integrationSchema>;

/** @throws GenesysError; without `integrations:integration:view` one that says so */
export async function readIntegration(call: CallGenesys, id: string): Promise<Integration> {
  return await call({
    action: `read integration ${id}`,
    send: ({ integrations }) => integrations.getIntegration(id),
    result: integrationSchema,
  });
}

const propertiesSchema = z.object({
  properties: z
    .object({
      awsAccountId: z.string().optional(),
      awsAccountRegion: z.string().optional(),
      eventSourceSuffix: z.string().optional(),
      // Its form is documented nowhere: one that is not understood is no reason to list nothing.
      eventFilter: z.array(z.string()).optional().catch(undefined),
    })
    .optional(),
});

/** An Amazon EventBridge integration: the account and region that it sends to, and the topics. */
export interface EventBridgeIntegration extends Integration {
  readonly awsAccountId: string | undefined;
  readonly awsRegion: string | undefined;
  /** What the name of the partner event source ends with. */
  readonly sourceSuffix: string | undefined;
  readonly topics: readonly string[];
}

/** @throws GenesysError; without `integrations:integration:view` one that says so */
export async function listEventBridges(call: CallGenesys): Promise<readonly EventBridgeIntegration[]> {
  const integrations = await readPages(call, {
    action: 'list the EventBridge integrations',
    send: ({ integrations: api }, pageNumber) =>
      api.getIntegrations({ integrationType: 'amazon-eventbridge-source', pageSize, pageNumber }),
    entity: integrationSchema,
  });
  const bridges: EventBridgeIntegration[] = [];
  for (const integration of integrations) {
    const { properties } = await call({
      action: `read the configuration of integration ${integration.id}`,
      send: ({ integrations: api }) => api.getIntegrationConfigCurrent(integration.id),
      result: propertiesSchema,
    });
    bridges.push({
      ...integration,
      awsAccountId: properties?.awsAccountId,
      awsRegion: properties?.awsAccountRegion,
      sourceSuffix: properties?.eventSourceSuffix,
      topics: properties?.eventFilter ?? [],
    });
  }
  return bridges;
}
