import { count } from '../terminal/printable.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import type { WritePaced } from '../terminal/write-paced.ts';
import { type Unseen, visitDeadLetters } from './find-dead-letters.ts';
import { shownDeadLetterDocument } from './json-documents.ts';
import { noteUnseen } from './run-list.ts';
import type { Selection } from './selection.ts';
import { type ShowTools, withBody } from './show-dead-letters.ts';

/** How many were written, and what could not be read. */
export interface Export extends Unseen {
  readonly exported: number;
  /** Those whose body lies in the bucket and could not be had: exported with the reason in its place. */
  readonly withoutBody: number;
}

/**
 * Writes the selected dead letters with their bodies, each as one line of JSON, in the order in which SQS hands them out.
 *
 * @param onExported gets the message ids of what was written
 */
export async function exportDeadLetters(
  selection: Selection,
  tools: ShowTools,
  write: WritePaced,
  onExported: (route: string, messageId: string) => void = () => {},
): Promise<Export> {
  const nowMs = tools.now();
  let exported = 0;
  let withoutBody = 0;
  const unseen = await visitDeadLetters(selection, tools, async (found) => {
    const shown = await Promise.all(found.map((deadLetter) => withBody(deadLetter, tools)));
    await write(shown.map((each) => `${JSON.stringify(shownDeadLetterDocument(each, nowMs))}\n`).join(''));
    for (const { route, messageId, bodyView } of shown) {
      exported++;
      if (bodyView.kind.startsWith('payload-')) withoutBody++;
      onExported(route, messageId);
    }
  });
  return { exported, withoutBody, ...unseen };
}

export interface ExportTerminal extends Terminal {
  /** Where the lines go: a file, or standard output. */
  readonly write: WritePaced;
}

/** `relay dlq export` */
export async function runExport(
  selection: Selection,
  tools: ShowTools,
  { write, note }: ExportTerminal,
): Promise<ExitCode> {
  const { exported, withoutBody, ...unseen } = await exportDeadLetters(selection, tools, write);
  note(`exported ${count(exported, 'dead letter')} of ${tools.relay.location.description}`);
  if (withoutBody > 0) note(`the bodies of ${withoutBody} could not be had: \`body.kind\` says why`);
  noteUnseen(unseen, { note });
  return unseen.incompleteRoutes.length === 0 && withoutBody === 0 ? 0 : 1;
}
