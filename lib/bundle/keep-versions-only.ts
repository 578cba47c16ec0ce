import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import * as z from 'zod';

const manifestSchema = z.object({ version: z.string() });

/** Each client of the SDK imports the whole of its package.json, scripts and all, to tell AWS its version. */
export const keepVersionsOnly: Plugin = {
  name: 'keep-versions-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => ({
      contents: JSON.stringify(manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')))),
      loader: 'json',
    }));
  },
};
