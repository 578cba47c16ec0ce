import { EventBridgeClient, ListEventSourcesCommand } from '@aws-sdk/client-eventbridge';
import type { RelayLocation } from '../../operator/connection/relay-location.ts';
import type { EventSource, RelayAccount } from './judge-event-bridge.ts';

/** What every partner event source of Genesys begins with. */
const genesysSources = 'aws.partner/genesys.com/';

/** The AWS account of a deployed relay, with the partner event sources that Genesys has offered to it. */
export async function relayAccount({ access, routes }: RelayLocation): Promise<RelayAccount | undefined> {
  if (access.kind !== 'aws') return undefined;
  const [anyRoute] = routes.values();
  const [, region, accountId] = /^https:\/\/sqs\.([^.]+)\.[^/]+\/(\d{12})\//.exec(anyRoute?.queueUrl ?? '') ?? [];
  if (region === undefined || accountId === undefined) return undefined;
  const { profile } = access;
  const client = new EventBridgeClient({ region, ...(profile === undefined ? {} : { profile }) });
  try {
    return { accountId, region, eventSources: await listSources(client) };
  } catch {
    // Without `events:ListEventSources` the rest is told all the same.
    return { accountId, region, eventSources: undefined };
  } finally {
    client.destroy();
  }
}

async function listSources(client: EventBridgeClient): Promise<readonly EventSource[]> {
  const all: EventSource[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await client.send(
      new ListEventSourcesCommand({ NamePrefix: genesysSources, ...(NextToken === undefined ? {} : { NextToken }) }),
    );
    for (const { Name = '', State = '' } of answer.EventSources ?? []) all.push({ name: Name, state: State });
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return all;
}
