/** What each subject took in each round: milliseconds, or whatever it measures. */
export type Turns<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/**
 * Measures several subjects in turns, so that what else the machine does hits all of them alike. The order is reversed
 * from round to round: whoever comes first after a pause would always find the caches cold.
 *
 * @param warmUps rounds before the first that counts
 */
export async function inTurns<Name extends string>(
  subjects: Readonly<Record<Name, () => Promise<number>>>,
  { rounds, warmUps = 1 }: { readonly rounds: number; readonly warmUps?: number },
): Promise<Turns<Name>> {
  const names = Object.keys(subjects) as Name[];
  const turns = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await subjects[name]();
      if (round >= 0) turns[name].push(value);
    }
  }
  return turns;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [upper = Number.NaN, lower = Number.NaN] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}

/** Median of the ratios of each round: a round that was disturbed is one round, and not a part of every ratio. */
export function medianRatio(measured: readonly number[], reference: readonly number[]): number {
  return median(measured.map((value, round) => value / (reference[round] ?? Number.NaN)));
}
