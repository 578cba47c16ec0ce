import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives the template of an assembly another name among the assets. After its content was changed by hand the CDK would
 * otherwise take the copy for it that it has uploaded under the old name, which is a hash of the old content.
 */
export async function renameTemplate(assembly: string, artifact: string): Promise<void> {
  const names = ['manifest.json', `${artifact}.assets.json`];
  const texts = await Promise.all(names.map((name) => readFile(join(assembly, name), 'utf8')));
  const [, hash] = /\/([0-9a-f]{64})\.json"/.exec(texts[0] ?? '') ?? [];
  if (hash === undefined) throw new Error(`${assembly} names no template`);
  const another = randomBytes(32).toString('hex');
  for (const [index, name] of names.entries()) {
    await writeFile(join(assembly, name), (texts[index] ?? '').replaceAll(hash, another));
  }
}
