import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { type FindTools, findDeadLetters } from './find-dead-letters.ts';
import { deadLetterDocument } from './json-documents.ts';
import { peekBudgetMs } from './peek-queue.ts';
import { renderList } from './render-list.ts';

export interface ListOptions {
  readonly route?: string | undefined;
  readonly json: boolean;
}

/** `relay dlq list` */
export async function runList(options: ListOptions, tools: FindTools, terminal: Terminal): Promise<ExitCode> {
  const { deadLetters, incompleteRoutes } = await findDeadLetters({ route: options.route, ids: [] }, tools);
  const nowMs = tools.now();
  if (options.json) {
    terminal.print(JSON.stringify(deadLetters.map((deadLetter) => deadLetterDocument(deadLetter, nowMs))));
  } else if (deadLetters.length === 0) {
    terminal.print('no dead letters');
  } else {
    terminal.print(renderList(deadLetters, nowMs, terminal));
  }
  noteIncomplete(incompleteRoutes, terminal);
  return incompleteRoutes.length === 0 ? 0 : 1;
}

/** A list that was cut short must not pass for the whole. */
export function noteIncomplete(incompleteRoutes: readonly string[], { note }: Terminal): void {
  for (const route of incompleteRoutes) {
    note(`cut short: ${route} has more dead letters than could be read in ${peekBudgetMs / 1000} s`);
  }
}
