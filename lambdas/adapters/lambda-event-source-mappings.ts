import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceConflictException,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { smallestConcurrency } from '../contract/aws-limits.ts';
import { ServiceUnavailableError } from '../contract/errors.ts';
import type { EventSourceMappings } from '../contract/ports.ts';
import { callLimits } from './call-limits.ts';

/** Event source mappings by their ids. Lambda carries a change out over some seconds, up to a minute. */
export function lambdaEventSourceMappings(client: LambdaClient = new LambdaClient(callLimits)): EventSourceMappings {
  return {
    async read(mappingId) {
      try {
        const { State, ScalingConfig } = await client.send(new GetEventSourceMappingCommand({ UUID: mappingId }));
        if (State === 'Disabled') return { enabled: false };
        // Without a limit of its own it has Lambda's, which is more than the relay ever wants.
        const concurrency = ScalingConfig?.MaximumConcurrency ?? Number.POSITIVE_INFINITY;
        return State === 'Enabled' ? { enabled: true, concurrency } : 'changing';
      } catch (error) {
        throw new ServiceUnavailableError('Lambda did not describe the event source mapping', error);
      }
    },

    async apply(mappingId, wanted) {
      const concurrency = wanted.enabled
        ? { ScalingConfig: { MaximumConcurrency: Math.max(smallestConcurrency, wanted.concurrency) } }
        : {};
      try {
        await client.send(
          new UpdateEventSourceMappingCommand({ UUID: mappingId, Enabled: wanted.enabled, ...concurrency }),
        );
      } catch (error) {
        // It began to change between the two calls, by a deployment: the next tick looks again.
        if (error instanceof ResourceInUseException || error instanceof ResourceConflictException) return;
        throw new ServiceUnavailableError('Lambda did not change the event source mapping', error);
      }
    },
  };
}
