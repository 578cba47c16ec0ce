/**
 * Lets esbuild leave out the operations that nobody calls, 58 KB of S3's alone.
 *
 * The SDK's schemas spell the keys of their objects as `[_hH]`, after a `const _hH = "httpHeader"`. For all that esbuild
 * knows, such a key may run code when it is evaluated, so it keeps the object, and every schema with it. A name does not.
 *
 * @param source of a file `schemas/schemas_0.js`
 */
export function nameSchemaKeys(source: string): string {
  const texts = new Map(
    Array.from(source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm), ([, name = '', text = '']) => [name, text]),
  );
  return source.replaceAll(/(?<=[{,] )\[(_\w+)\](?=: )/g, (key, name) => texts.get(name) ?? key);
}
