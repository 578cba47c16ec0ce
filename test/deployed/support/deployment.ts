import { readFileSync } from 'node:fs';
import * as z from 'zod';

export const deploymentSchema = z.object({
  stackName: z.string(),
  region: z.string(),
  /** Of an AWS that is not Amazon's. */
  endpoint: z.string().optional(),
  isMinistack: z.boolean(),
  /** What `cdk deploy` wrote. */
  outputsPath: z.string(),
  /** Folder for what a suite writes. */
  folder: z.string(),
  /** The destination server as the relay reaches it, and as a test does. */
  destination: z.object({ url: z.string(), controlUrl: z.string() }),
  /** A Python that has Amazon's extended client; undefined where there is none. */
  python: z.string().optional(),
});

/** The stack under test, as the run that deployed it tells. */
export type Deployment = z.infer<typeof deploymentSchema>;

/** Name of the environment variable with the path of the file that tells. */
export const deploymentVariable = 'RELAY_DEPLOYMENT';

/** @throws Error when the suites were started by hand, without a deployment */
export function readDeployment(): Deployment {
  const path = process.env[deploymentVariable];
  if (path === undefined) throw new Error('there is no stack to test: start these suites with npm run test:deployed');
  return deploymentSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}
