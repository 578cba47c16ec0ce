import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { naming, OperatorError } from '../operator-error.ts';

/** A text as its editor left it, in a file of its own. */
export interface EditedText {
  readonly text: string;
  readonly path: string;
  /** Removes the file: it can hold a customer's data. */
  discard(): Promise<void>;
}

/** Has somebody change a text. Rejects when the editor fails. */
export type EditText = (text: string, extension: 'json' | 'txt') => Promise<EditedText>;

/** @param command as `$EDITOR` holds it: a program with its options, such as `code --wait` */
export function editTextWith(command: string): EditText {
  return async (text, extension) => {
    // For its owner's eyes only, as mkdtemp makes it.
    const path = join(await mkdtemp(join(tmpdir(), 'relay-edit-')), `body.${extension}`);
    const discard = () => naming(`remove ${path}`, () => rm(dirname(path), { recursive: true, force: true }));
    await writeFile(path, text, { mode: 0o600 });
    // By the shell, as git does it: the variable may hold options.
    const editor = spawn('sh', ['-c', `${command} "$@"`, command, path], { stdio: 'inherit' });
    const [code] = await once(editor, 'close');
    if (code !== 0) {
      await discard();
      throw new OperatorError('USAGE', `the editor "${command}" ended with ${code}: nothing was changed; set $EDITOR`);
    }
    return { text: await readFile(path, 'utf8'), path, discard };
  };
}

/** A text that was changed before, and stays where it is. */
export function editedInFile(path: string): EditText {
  return async () => {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw new OperatorError('USAGE', `cannot read ${path}: give a file with the new body to --body`, error);
    });
    return { text, path, discard: async () => undefined };
  };
}
