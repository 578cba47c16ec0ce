import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../../../lambdas/contract/parse-json.ts';
import { naming, OperatorError, reasonOf } from '../operator-error.ts';
import { fileStamp } from '../terminal/file-stamp.ts';
import type { PlannedRedrive } from './plan-redrive.ts';

/**
 * How far one message of a plan is. `planned` stays until the message was sent *and* deleted, so that a plan which was
 * not brought up to date before a crash only has it sent once more, with the same `RedrivenAt`.
 */
const entryStates = ['planned', 'redriven', 'delivered', 'failed-again'] as const;

export type EntryState = (typeof entryStates)[number];

export interface PlanEntry extends Omit<PlannedRedrive, 'alreadyDelivered'> {
  readonly route: string;
  readonly state: EntryState;
}

/** What a plan file holds: enough to go on after whatever ended the run before. */
export interface StoredPlan {
  readonly createdAtMs: number;
  /** Of the relay, for people. */
  readonly relay: string;
  /** Where each route's messages are, to know the relay again. */
  readonly deadLetterQueueUrls: Readonly<Record<string, string>>;
  readonly entries: readonly PlanEntry[];
}

/** Where the plan of a redrive is kept that names no file: in the working directory, under the time. */
export function usualPlanPath({ createdAtMs }: StoredPlan): string {
  return `relay-redrive-${fileStamp(createdAtMs)}.json`;
}

/** Whether a plan has the name that it would have got by itself, in whatever directory. */
export function isAtUsualPath(path: string, plan: StoredPlan): boolean {
  return basename(path) === usualPlanPath(plan);
}

export function isAllDelivered({ entries }: StoredPlan): boolean {
  // What has no event id has no record that could say it is delivered.
  return entries.every(({ state, eventId }) => state === 'delivered' || eventId === undefined);
}

/** Plan files. Everything rejects with an {@link OperatorError} that names the file. */
export interface PlanFiles {
  read(path: string): Promise<StoredPlan>;
  /** Whole or not at all: a crash leaves the plan as it was. */
  write(path: string, plan: StoredPlan): Promise<void>;
  remove(path: string): Promise<void>;
  /** Rejects where a new plan would take the place of something else: of a plan that was begun, or of no plan at all. */
  demandFree(path: string): Promise<void>;
}

const planSchema = z.object({
  version: z.literal(1),
  createdAtMs: z.number(),
  relay: z.string(),
  deadLetterQueueUrls: z.record(z.string(), z.string()),
  entries: z.array(
    z.object({
      route: z.string(),
      messageId: z.string(),
      eventId: z
        .string()
        .nullable()
        .transform((eventId) => eventId ?? undefined),
      cause: z.string(),
      redrivenAtMs: z.number(),
      state: z.enum(entryStates),
    }),
  ),
});

function parsePlan(text: string): StoredPlan | undefined {
  const plan = planSchema.safeParse(parseJson(text));
  if (!plan.success) return undefined;
  const { version: _, ...stored } = plan.data;
  return stored;
}

export const planFiles: PlanFiles = {
  async read(path) {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      throw new OperatorError('USAGE', `cannot read the plan ${path} (${reasonOf(error)}): give its path to --resume`);
    }
    const plan = parsePlan(text);
    if (plan !== undefined) return plan;
    throw new OperatorError('USAGE', `${path} is no plan of \`relay dlq redrive\`: give the file that it named`);
  },

  async demandFree(path) {
    // What cannot be read can be written, or says so then.
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) return;
    const plan = parsePlan(text);
    if (plan === undefined) {
      throw new OperatorError('USAGE', `${path} is there, and is no plan: name a new file with --plan`);
    }
    if (plan.entries.some(({ state }) => state !== 'planned')) {
      throw new OperatorError('USAGE', `${path} is a plan that was begun: go on with --resume, or name a new file`);
    }
  },

  write: (path, { createdAtMs, relay, deadLetterQueueUrls, entries }) =>
    naming(`write the plan ${path}`, async () => {
      const written = `${path}.new`;
      const file = await open(written, 'w', 0o600);
      try {
        const lines = entries.map((entry) => JSON.stringify({ ...entry, eventId: entry.eventId ?? null }));
        const head = JSON.stringify({ version: 1, createdAtMs, relay, deadLetterQueueUrls }).slice(0, -1);
        await file.writeFile(`${head},"entries":[\n${lines.join(',\n')}\n]}\n`);
        // Without this the new name could outlive a power cut and its contents not.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(written, path);
    }),

  remove: (path) => naming(`remove the plan ${path}`, () => rm(path, { force: true })),
};
