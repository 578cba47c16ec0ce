import { GetEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { MappingSwitch } from '../../lambdas/contract/ports.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import type { ReadyMessage } from '../../lib/local/ready-message.ts';
import { synthesize } from './synthesized-stack.ts';

/**
 * The event source mapping of a route of a local run, as the run's Lambda API describes it. Its id there is its logical
 * id in the template, which only the names of stack and route go into.
 */
export async function mappingOf(
  route: string,
  { endpoints }: Pick<ReadyMessage, 'endpoints'>,
): Promise<MappingSwitch | string | undefined> {
  const client = new LambdaClient(localClientSettings(endpoints.lambda));
  try {
    const { State, ScalingConfig } = await client.send(new GetEventSourceMappingCommand({ UUID: mappingId(route) }));
    if (State === 'Disabled') return { enabled: false };
    return State === 'Enabled' ? { enabled: true, concurrency: ScalingConfig?.MaximumConcurrency ?? 0 } : State;
  } finally {
    client.destroy();
  }
}

const ids = new Map<string, string>();

function mappingId(route: string): string {
  const known = ids.get(route);
  if (known !== undefined) return known;
  const stack = synthesize({
    routes: { [route]: { verify: { kind: 'open-messaging' }, deliverTo: { url: 'https://a.example' } } },
  });
  const [id = ''] = Object.keys(stack.findResources('AWS::Lambda::EventSourceMapping'));
  ids.set(route, id);
  return id;
}
