import * as z from 'zod';
import { parseJson } from '../../../lambdas/contract/parse-json.ts';
import { OperatorError, reasonOfFetch } from '../operator-error.ts';
import { flagsFor } from './relay-command.ts';
import type { RelayLocation } from './relay-location.ts';
import { routesSchema } from './routes-schema.ts';

const readySchema = z.object({
  ready: z.literal(true),
  stackName: z.string(),
  startedAtMs: z.number(),
  routes: routesSchema,
  deliveryTableName: z.string(),
  payloadBucketName: z.string(),
  endpoints: z.object({
    sqs: z.string(),
    s3: z.string(),
    dynamodb: z.string(),
    secretsManager: z.string(),
    lambda: z.string(),
    cloudWatch: z.string(),
  }),
});

/** A local relay answers within milliseconds: longer than this and something else holds the port. */
const answerWithinMs = 3000;

/**
 * Asks a local run where its emulators are.
 *
 * @throws OperatorError `RELAY_UNREACHABLE` when nothing, or something else, answers there.
 */
export async function locateLocalRelay(url: string): Promise<RelayLocation> {
  const ready = readySchema.safeParse(await askIfReady(url));
  if (!ready.success) {
    throw new OperatorError(
      'RELAY_UNREACHABLE',
      `what answers at ${url} is not a relay that is ready: give the URL that \`npm start\` printed to --local`,
      ready.error,
    );
  }
  const { endpoints, ready: _, ...location } = ready.data;
  return {
    description: `the local relay at ${url}`,
    flags: flagsFor({ kind: 'local', url }),
    ...location,
    access: { kind: 'emulators', ...endpoints },
  };
}

/** The answer as JSON; undefined when it is none. */
async function askIfReady(url: string): Promise<unknown> {
  let text: string;
  try {
    const response = await fetch(`${url}/_local/ready`, { signal: AbortSignal.timeout(answerWithinMs) });
    text = await response.text();
  } catch (error) {
    throw new OperatorError(
      'RELAY_UNREACHABLE',
      `no local relay answers at ${url} (${reasonOfFetch(error)}): start one with \`npm start\`, or name a stack with --stack`,
      error,
    );
  }
  return parseJson(text);
}
