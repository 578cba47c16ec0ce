import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Lets esbuild leave out the operations that nobody calls, 58 KB of S3's alone.
 *
 * The SDK's schemas spell the keys of their objects as `[_hH]`, after a `const _hH = "httpHeader"`. For all that esbuild
 * knows, such a key may run code when it is evaluated, so it keeps the object, and every schema with it. A name does not.
 */
export const nameSchemaKeys: Plugin = {
  name: 'name-schema-keys',
  setup(build) {
    build.onLoad({ filter: /[\\/]dist-es[\\/](?:.*[\\/])?schemas[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const texts = new Map(
        Array.from(source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm), ([, name = '', text = '']) => [name, text]),
      );
      const contents = source.replaceAll(/(?<=[{,] )\[(_\w+)\](?=: )/g, (key, name) => texts.get(name) ?? key);
      return { contents, loader: 'js' };
    });
  },
};
