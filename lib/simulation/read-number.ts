/** A number from a command line; undefined for anything else. */
function numberIn(text: string, least: number, most: number): number | undefined {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

const secondsPer = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `90s`, `30m`, `4h` or `2d`, in seconds; undefined for anything else, or outside of the range. */
export function readDuration(text: string, leastSeconds: number, mostSeconds: number): number | undefined {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const per = unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? secondsPer[unit] : Number.NaN;
  const seconds = Number(amount) * per;
  return seconds >= leastSeconds && seconds <= mostSeconds ? seconds : undefined;
}

/** A whole number in a range; undefined for anything else. */
export function readWhole(text: string, least: number, most: number): number | undefined {
  const value = numberIn(text, least, most);
  return Number.isInteger(value) ? value : undefined;
}

/** A share in a range; undefined for anything else. */
export function readShare(text: string, least: number): number | undefined {
  return numberIn(text, least, 1);
}
