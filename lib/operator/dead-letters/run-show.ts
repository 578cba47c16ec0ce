import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { shownDeadLetterDocument } from './json-documents.ts';
import { renderDeadLetter } from './render-dead-letter.ts';
import { type ShowTools, showDeadLetters } from './show-dead-letters.ts';

export interface ShowOptions {
  readonly json: boolean;
}

/** `relay dlq show ID` */
export async function runShow(
  id: string,
  options: ShowOptions,
  tools: ShowTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const shown = await showDeadLetters(id, tools);
  const nowMs = tools.now();
  terminal.print(
    options.json
      ? JSON.stringify(shown.map((deadLetter) => shownDeadLetterDocument(deadLetter, nowMs)))
      : shown.map((deadLetter) => renderDeadLetter(deadLetter, nowMs, terminal.paint)).join('\n\n'),
  );
  return 0;
}
