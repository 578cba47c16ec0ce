import { requireRoute } from '../connection/select-routes.ts';
import { OperatorError, reasonOf } from '../operator-error.ts';
import type { Ask } from '../terminal/ask.ts';
import { count } from '../terminal/printable.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import type { ExportFile } from './export-file.ts';
import { visitDeadLetters } from './find-dead-letters.ts';
import { peekQueue } from './peek-queue.ts';
import { exportDeadLetters } from './run-export.ts';
import { noteUnseen } from './run-list.ts';
import { isEverything, type Selection } from './selection.ts';
import type { ShowTools } from './show-dead-letters.ts';

export interface PurgeOptions {
  readonly selection: Selection;
  /** Allows a selection of everything. */
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** What would be typed, from a script that knows the number. */
  readonly phrase?: string | undefined;
  /** Where they are exported to before they are deleted. */
  readonly exportPath: string;
}

export interface PurgeTools extends ShowTools {
  readonly openExportFile: (path: string) => Promise<ExportFile>;
}

export type PurgeTerminal = Terminal & {
  /** Undefined when there is nobody to ask. */
  readonly ask: Ask | undefined;
};

/** What became of those that were to be purged. */
interface Purge {
  readonly purged: number;
  readonly failed: readonly { readonly messageId: string; readonly error: string }[];
}

/**
 * `relay dlq purge`: exports, has the number typed, and deletes what was exported and nothing else.
 *
 * @throws OperatorError `USAGE` when nothing narrows it and `--all` is not given, or nobody can be asked.
 */
export async function runPurge(options: PurgeOptions, tools: PurgeTools, terminal: PurgeTerminal): Promise<ExitCode> {
  const { selection, json, exportPath } = options;
  if (isEverything(selection) && !options.all) {
    throw new OperatorError('USAGE', 'this would purge everything: name ids, --route, --cause, … or say --all');
  }
  if (options.dryRun) return await countOnly(options, tools, terminal);
  const ask = asker(options, terminal);

  const file = await tools.openExportFile(exportPath);
  const idsByRoute = new Map<string, Set<string>>();
  const { exported, withoutBody, ...unseen } = await exportDeadLetters(
    selection,
    tools,
    file.write,
    (route, messageId) => {
      const ids = idsByRoute.get(route) ?? new Set();
      idsByRoute.set(route, ids.add(messageId));
    },
  ).finally(() => file.close());
  const { incompleteRoutes } = unseen;
  noteUnseen(unseen, terminal);
  if (withoutBody > 0) terminal.note(`the bodies of ${withoutBody} could not be read: the export has them without`);

  if (exported === 0) await file.discard();
  const phrase = phraseFor(exported);
  if (!json && exported > 0) terminal.print(`exported ${count(exported, 'dead letter')} to ${exportPath}`);
  if (exported > 0 && (await ask(question(exported, tools), { hidden: false })) !== phrase) {
    terminal.note(`nothing was purged: that was not "${phrase}". The export stays`);
    return 1;
  }
  tools.signal.throwIfAborted();
  const { purged, failed } = await purge(idsByRoute, tools, (done) => terminal.progress(`${done} of ${exported}`));
  terminal.progress('');
  const missing = exported - purged - failed.length;
  if (json) {
    terminal.print(
      JSON.stringify({
        exported,
        purged,
        missing,
        failed,
        incompleteRoutes,
        exportFile: exported > 0 ? exportPath : null,
      }),
    );
  } else {
    const isAll = purged === exported;
    terminal.print(terminal.paint(isAll ? 'green' : 'yellow', `${purged} of ${count(exported, 'dead letter')} purged`));
    for (const { messageId, error } of failed) terminal.print(`  ${messageId}  failed: ${error}`);
    if (missing > 0) terminal.print(`  ${missing} not found any more, or held by another reader: run it again`);
  }
  return purged === exported && incompleteRoutes.length === 0 ? 0 : 1;
}

/** What has to be typed. The number, because it is what a wrong filter gets wrong. */
function phraseFor(number: number): string {
  return `purge ${number}`;
}

function question(exported: number, { relay }: PurgeTools): string {
  return (
    `delete ${count(exported, 'dead letter')} of ${relay.location.description} for good? ` +
    `Type "${phraseFor(exported)}": `
  );
}

async function countOnly(options: PurgeOptions, tools: PurgeTools, terminal: Terminal): Promise<ExitCode> {
  let found = 0;
  const unseen = await visitDeadLetters(options.selection, tools, ({ length }) => {
    found += length;
  });
  const { incompleteRoutes } = unseen;
  noteUnseen(unseen, terminal);
  terminal.print(
    options.json
      ? JSON.stringify({ planned: found, phrase: phraseFor(found), incompleteRoutes })
      : `dry run: would purge ${count(found, 'dead letter')}, once you type "${phraseFor(found)}"`,
  );
  return incompleteRoutes.length === 0 ? 0 : 1;
}

/** Deletes while it holds them. Ctrl-C ends it with what has been deleted: the export has everything. */
async function purge(
  idsByRoute: ReadonlyMap<string, ReadonlySet<string>>,
  { relay, now, signal }: PurgeTools,
  onPurged: (done: number) => void,
): Promise<Purge> {
  let purged = 0;
  const failed: { messageId: string; error: string }[] = [];
  for (const [route, ids] of idsByRoute) {
    const { deadLetterQueueUrl: queueUrl } = requireRoute(relay.location.routes, route);
    const { visible } = await relay.queues.depthOf(queueUrl);
    await peekQueue(
      {
        queueUrl,
        expected: visible,
        signal,
        visit: async (messages) => {
          const meant = messages.filter(({ messageId }) => ids.has(messageId));
          await Promise.all(
            meant.map(async ({ messageId, receiptHandle }) => {
              try {
                await relay.queues.delete(queueUrl, receiptHandle);
                onPurged(++purged);
              } catch (error) {
                failed.push({ messageId, error: reasonOf(error) });
              }
            }),
          );
        },
      },
      { queues: relay.queues, now },
    ).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  return { purged, failed };
}

/** Settled before anything is read, as in a redrive. */
function asker({ phrase, json }: PurgeOptions, { ask }: PurgeTerminal): Ask {
  if (phrase !== undefined) return async () => phrase;
  if (json || ask === undefined) {
    const why = json ? '--json cannot ask' : 'there is no terminal to type on';
    throw new OperatorError('USAGE', `${why}: add --confirm "purge N"; --dry-run tells the number`);
  }
  return ask;
}
