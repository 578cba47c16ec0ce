import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../runner/run-command.ts';
import { renameTemplate } from './rename-template.ts';

/** As it was when it could accept, deliver, retry and set aside, and had neither breaker nor spill. */
const archive = join(import.meta.dirname, '../releases/end-to-end.tar.gz');

/** What the archived assembly has in place of what is only known now. */
const archivedStackName = 'RelayReleased';
const archivedDestination = 'http://destination.invalid/TOKEN';

/**
 * Unpacks the cloud assembly of an earlier version, functions and all: a stack with the one route `upgraded`.
 *
 * @param destination URL of the destination server, without a trailing slash
 */
export async function unpackRelease(folder: string, stackName: string, destination: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await runCommand({ file: 'tar', args: ['-xzf', archive, '-C', folder], withinMs: 30_000 });
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const template = await read(`${archivedStackName}.template.json`);
  await write(`${archivedStackName}.template.json`, template.replaceAll(archivedDestination, destination));
  const manifest = await read('manifest.json');
  await write(
    'manifest.json',
    manifest.replace('"templateFile"', `"stackName": ${JSON.stringify(stackName)}, "templateFile"`),
  );
  await renameTemplate(folder, archivedStackName);
}
