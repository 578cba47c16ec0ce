import { relayCommand } from '../connection/relay-command.ts';
import { count } from '../terminal/printable.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import type { WritePaced } from '../terminal/write-paced.ts';
import { type FindTools, type Unseen, visitDeadLetters } from './find-dead-letters.ts';
import { countGroups, type Grouping, usualGroupings } from './group-dead-letters.ts';
import { deadLetterDocument, groupDocument } from './json-documents.ts';
import { keepOldest } from './keep-oldest.ts';
import { renderGroups } from './render-groups.ts';
import { renderList } from './render-list.ts';
import type { Selection } from './selection.ts';

export interface ListOptions {
  readonly selection: Selection;
  /** Undefined: groups when there are more than fit on a screen, else each one. */
  readonly show?: { readonly kind: 'each' } | { readonly kind: 'groups'; readonly by: readonly Grouping[] } | undefined;
  readonly json: boolean;
}

export type ListTerminal = Terminal & { readonly write: WritePaced };

/** As many rows as can be read at a glance. */
const rowsOfAScreen = 20;

/** Nobody reads more rows than this, and the program keeps no more. */
const mostRows = 1_000;

/** `relay dlq list`. Whatever their number, no more than {@link mostRows} dead letters are kept in memory. */
export async function runList(options: ListOptions, tools: FindTools, terminal: ListTerminal): Promise<ExitCode> {
  const { show, json } = options;
  const unseen =
    json && show?.kind !== 'groups'
      ? await streamDocuments(options.selection, tools, terminal.write)
      : await showTables(options, tools, terminal);
  noteUnseen(unseen, terminal);
  return unseen.incompleteRoutes.length === 0 ? 0 : 1;
}

/** One JSON array, a line for each dead letter, written as they are found. */
async function streamDocuments(selection: Selection, tools: FindTools, write: WritePaced): Promise<Unseen> {
  const nowMs = tools.now();
  let before = '[';
  const unseen = await visitDeadLetters(selection, tools, async (found) => {
    const documents = found.map((deadLetter) => JSON.stringify(deadLetterDocument(deadLetter, nowMs)));
    const opening = before;
    before = ',\n';
    await write(opening + documents.join(before));
  });
  await write(before === '[' ? '[]\n' : ']\n');
  return unseen;
}

async function showTables(
  { selection, show, json }: ListOptions,
  tools: FindTools,
  terminal: ListTerminal,
): Promise<Unseen> {
  const { print, paint } = terminal;
  const nowMs = tools.now();
  const by = show?.kind === 'groups' ? show.by : usualGroupings;
  const groups = countGroups(by, nowMs);
  const oldest = keepOldest(show?.kind === 'each' ? mostRows : rowsOfAScreen);
  const unseen = await visitDeadLetters(selection, tools, (found) => {
    for (const { body: _, ...deadLetter } of found) {
      groups.add(deadLetter);
      oldest.add(deadLetter);
    }
  });
  const total = oldest.total();
  if (json) {
    print(JSON.stringify(groups.groups().map((group) => groupDocument(group, nowMs))));
  } else if (total === 0) {
    print('no dead letters');
  } else if (show?.kind === 'groups' || (show === undefined && total > rowsOfAScreen)) {
    print(`${paint('bold', count(total, 'dead letter'))} of ${tools.relay.location.description}`);
    print(renderGroups(groups.groups(), by, nowMs, terminal));
    const next = ['dlq list --each --cause CAUSE', 'dlq redrive --cause CAUSE --dry-run'];
    const { location } = tools.relay;
    print(paint('dim', `next: ${next.map((command) => relayCommand(location, command)).join('; ')}`));
  } else {
    const shown = oldest.list();
    print(renderList(shown, nowMs, terminal));
    if (shown.length < total) print(paint('dim', `the oldest ${shown.length} of ${total} are shown: --json has all`));
  }
  return unseen;
}

/** A list that was cut short must not pass for the whole. */
export function noteUnseen({ incompleteRoutes, heldRoutes }: Unseen, { note }: Pick<Terminal, 'note'>): void {
  for (const route of incompleteRoutes) {
    note(`cut short: ${route} has more dead letters than could be read in the time that they may be kept from others`);
  }
  for (const route of heldRoutes) {
    note(`not all: somebody else seems to hold dead letters of ${route} just now. Look again in half a minute`);
  }
}
