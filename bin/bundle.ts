/** `node bin/bundle.ts STEP FOLDER`: bundles a function as it is deployed. The CDK app runs it for each of them. */
import { build } from 'esbuild';
import * as z from 'zod';
import { bundleOptions } from '../lib/bundle/bundle-options.ts';
import { functionSteps } from '../lib/bundle/function-steps.ts';

const [step, outputFolder] = z.tuple([z.enum(functionSteps), z.string()]).parse(process.argv.slice(2));
await build(bundleOptions(step, outputFolder));
