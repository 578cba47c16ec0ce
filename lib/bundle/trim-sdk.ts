import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { importPastIndexes } from './import-past-indexes.ts';
import { nameSchemaKeys } from './name-schema-keys.ts';

const sdkFile = /[\\/]node_modules[\\/]@(?:aws-sdk|smithy)[\\/].*[\\/]dist-es[\\/].*\.js$/;
const schemaFile = /[\\/]schemas[\\/]schemas_\d+\.js$/;

/** Spells the AWS SDK in a way that lets esbuild leave out, and read on demand, what it can. It does the same. */
export const trimSdk: Plugin = {
  name: 'trim-sdk',
  setup(build) {
    const pastIndexes = importPastIndexes(build);
    build.onLoad({ filter: sdkFile }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const named = schemaFile.test(path) ? nameSchemaKeys(source) : source;
      return { contents: await pastIndexes(named, path), loader: 'js' };
    });
  },
};
