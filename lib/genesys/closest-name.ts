/** More letters than this amiss, and it is another word rather than a typing error. */
const mostAmiss = 3;

/** The name that a mistyped one resembles most; undefined when it resembles none, or two alike. */
export function closestName(typed: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, amiss: editDistance(typed.toLowerCase(), name) }))
    .sort((a, b) => a.amiss - b.amiss);
  const [best, second] = ranked;
  if (best === undefined || best.amiss > mostAmiss || best.amiss === second?.amiss) return undefined;
  return best.name;
}

/** How many letters have to be put in, left out or exchanged (Levenshtein). */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (above[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
