/** The value that so many percent of all are not above; undefined of none. */
export function percentile(values: readonly number[], percent: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
}

/** The most moments that lie within any `windowMs`. */
export function highestRate(momentsMs: readonly number[], windowMs: number): number {
  const sorted = momentsMs.toSorted((a, b) => a - b);
  let highest = 0;
  let first = 0;
  for (const [index, momentMs] of sorted.entries()) {
    while (momentMs - (sorted[first] ?? momentMs) >= windowMs) first++;
    highest = Math.max(highest, index - first + 1);
  }
  return highest;
}

/** How often each is there. */
export function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}
