import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { describeError } from '../contract/errors.ts';
import { parseJson } from '../contract/parse-json.ts';
import type { TryDestination } from '../contract/ports.ts';
import { trialResultSchema } from '../contract/trial-call.ts';

/**
 * Has a route's processor post one event, by invoking its function. A trial that takes longer than `withinMs` is given
 * up; its event may be delivered all the same, which the next trial finds in the delivery record.
 */
export function lambdaTryDestination(
  client: LambdaClient = new LambdaClient({ maxAttempts: 1 }),
): (withinMs: number) => TryDestination {
  return (withinMs) => async (processorName, request) => {
    try {
      const { FunctionError, Payload } = await client.send(
        new InvokeCommand({ FunctionName: processorName, Payload: JSON.stringify(request) }),
        { abortSignal: AbortSignal.timeout(withinMs) },
      );
      if (FunctionError !== undefined) throw new Error(`the processor failed: ${FunctionError}`);
      const parsed = z.safeParse(trialResultSchema, parseJson(Payload?.transformToString() ?? ''));
      if (!parsed.success) throw new Error('the processor returned no trial result');
      return parsed.data;
    } catch (error) {
      return { outcome: 'unknown', error: describeError(error) };
    }
  };
}
