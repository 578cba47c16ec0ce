/** The folders under `lambdas/` that hold a function: each has a `handler.ts`. */
export const functionSteps = ['ingest', 'processor', 'breaker', 'sweeper', 'peeker'] as const;

export type FunctionStep = (typeof functionSteps)[number];
