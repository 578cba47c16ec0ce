import { OperatorError } from '../../lib/operator/operator-error.ts';
import type { PlanFiles, StoredPlan } from '../../lib/operator/redrive/plan-file.ts';

export interface MemoryPlanFiles extends PlanFiles {
  /** Each version that was written, the latest last. */
  readonly written: StoredPlan[];
  /** Paths, in the order in which they were removed. */
  readonly removed: string[];
}

/** One plan file, in memory. */
export function memoryPlanFiles(): MemoryPlanFiles {
  const written: StoredPlan[] = [];
  const removed: string[] = [];
  return {
    written,
    removed,
    read: async (path) => {
      const latest = written.at(-1);
      if (latest === undefined) throw new OperatorError('USAGE', `cannot read the plan ${path}`);
      return latest;
    },
    write: async (_path, plan) => {
      written.push(plan);
    },
    remove: async (path) => {
      removed.push(path);
    },
    demandFree: async () => {},
  };
}
