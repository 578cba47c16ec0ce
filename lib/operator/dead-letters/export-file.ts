import { type FileHandle, open, rm } from 'node:fs/promises';
import { OperatorError, reasonOf } from '../operator-error.ts';
import type { WritePaced } from '../terminal/write-paced.ts';

export interface ExportFile {
  readonly write: WritePaced;
  /** Resolves once everything is on disk. */
  close(): Promise<void>;
  /** Takes it away again: there was nothing to export. */
  discard(): Promise<void>;
}

/**
 * A new file that only its owner can read: it gets customers' data.
 *
 * @throws OperatorError `USAGE` when it cannot be made, as when there is one of that name.
 */
export async function openExportFile(path: string): Promise<ExportFile> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    throw new OperatorError('USAGE', `cannot write to ${path} (${reasonOf(error)}): name a new file with --output`);
  }
  // Readers of several queues come at once; two writes at once would mix their lines.
  let writing = Promise.resolve();
  return {
    write: (text) => {
      writing = writing.then(async () => {
        await file.appendFile(text);
      });
      return writing;
    },
    async close() {
      try {
        await writing;
        await file.sync();
      } finally {
        await file.close();
      }
    },
    discard: () => rm(path, { force: true }),
  };
}
