/** What a figure has to reach. */
export interface Bar {
  /** Of the figure: figure.ts. */
  readonly id: string;
  readonly figure: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** The performance that this project promises. What cannot flake is tested as well: test/performance. */
export const bars: readonly Bar[] = [
  { id: 'accept-1kb-1', figure: 'accept, warm p50 over the bare send (1 KB)', atMost: 1.1 },
  { id: 'cold-ingest', figure: 'cold import of ingest over its SDK clients alone', atMost: 0.8 },
  { id: 'cold-processor', figure: 'cold import of a processor over its SDK clients alone', atMost: 0.8 },
  { id: 'deliver-batch', figure: 'batch of ten at 100 ms over the floor', atMost: 1.15 },
  { id: 'drain-over-naive', figure: 'drain over the naive worker, 100 ms destination', atLeast: 20 },
  { id: 'growth-50000', figure: 'an event while 50,000 wait over one while 100 do', atMost: 1.15 },
  { id: 'growth-cpu', figure: 'its processor time, likewise', atMost: 1.15 },
  { id: 'growth-calls', figure: 'its calls to AWS, likewise', atMost: 1.15 },
  { id: 'growth-routes', figure: 'an event on one of 8 busy routes over the only one', atMost: 1.15 },
  { id: 'growth-memory', figure: 'memory of a processor after ten times the events', atMost: 1.15 },
];

/** `≤ 1.10`. */
export function formatBar({ atMost, atLeast }: Bar): string {
  return atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost.toFixed(2)}`;
}

export function holds({ atMost = Number.POSITIVE_INFINITY, atLeast = 0 }: Bar, ratio: number): boolean {
  return ratio <= atMost && ratio >= atLeast;
}
