import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { eventBridge } from '../support/stack-config.ts';

/**
 * Stands in for Genesys, which makes the event source, and for the person who associates it with a bus. In an account
 * nobody but a partner can.
 */
export async function createPartnerBus(endpoint: string, region: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new EventBridgeClient({ endpoint, region, credentials });
  const { sourceName } = eventBridge;
  await client.send(new CreateEventBusCommand({ Name: sourceName, EventSourceName: sourceName }));
  client.destroy();
}
