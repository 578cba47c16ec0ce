/** What has to be undone, collected while it is done. */
export interface Teardown {
  /** Adds a step, to be run before all earlier ones. */
  defer(step: () => Promise<void>): void;
  /** Runs every step once, even when one fails; later calls wait for the same run. */
  run(): Promise<void>;
}

export function createTeardown(): Teardown {
  const steps: (() => Promise<void>)[] = [];
  let running: Promise<void> | undefined;

  async function runSteps(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await step().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything of the local run could be stopped');
  }

  return {
    defer: (step) => steps.push(step),
    run: () => {
      running ??= runSteps();
      return running;
    },
  };
}
