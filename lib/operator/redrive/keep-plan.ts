import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { EntryState, PlanFiles, StoredPlan } from './plan-file.ts';

/** A plan in the course of its execution, and the file that holds it. */
export interface KeptPlan {
  readonly path: string;
  /** Takes down how far a message is; the file follows within {@link writeEveryMs}. */
  note(messageId: string, state: EntryState): void;
  /** The plan as it is now. */
  current(): StoredPlan;
  /** Brings the file up to date. Rejects when it, or a write before it, failed. */
  flush(): Promise<void>;
}

/** A plan of 10,000 messages is two megabytes: written after each message it would be all that the disk does. */
const writeEveryMs = 500;

/** Writes the plan, and resolves once it is on disk: nothing is sent before. */
export async function keepPlan(
  path: string,
  plan: StoredPlan,
  { files, now }: { readonly files: PlanFiles; readonly now: Clock },
): Promise<KeptPlan> {
  const states = new Map<string, EntryState>();
  let writing = files.write(path, plan);
  let writtenAtMs = now();
  const current = (): StoredPlan => ({
    ...plan,
    entries: plan.entries.map((entry) => ({ ...entry, state: states.get(entry.messageId) ?? entry.state })),
  });
  /** One write after the other: two at once would take each other's file away. */
  const write = (): Promise<void> => {
    writtenAtMs = now();
    writing = writing.then(() => files.write(path, current()));
    // Who is interested hears of it in `flush`.
    writing.catch(() => undefined);
    return writing;
  };
  await writing;
  return {
    path,
    current,
    note(messageId, state) {
      states.set(messageId, state);
      if (now() - writtenAtMs >= writeEveryMs) write();
    },
    flush: write,
  };
}
