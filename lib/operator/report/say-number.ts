/** A count in few characters: 950, 1.2k, 3.4M. */
export function shortCount(value: number): string {
  if (Math.abs(value) < 1_000) return String(Number(value.toFixed(1)));
  if (Math.abs(value) < 1_000_000) return `${Number((value / 1_000).toPrecision(3))}k`;
  return `${Number((value / 1_000_000).toPrecision(3))}M`;
}

/** A count in full, with thousands apart. */
export function fullCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A length of time in two or three digits and the unit that suits it. */
export function shortTime(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 120) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 7_200) return `${Number((seconds / 60).toPrecision(2))} min`;
  if (seconds < 172_800) return `${Number((seconds / 3_600).toPrecision(2))} h`;
  return `${Number((seconds / 86_400).toPrecision(2))} d`;
}

/** US dollars: cents, or the first two digits of what is less than one. */
export function dollars(value: number): string {
  if (value === 0) return '$0';
  if (value >= 0.01) return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${value.toLocaleString('en-US', { maximumSignificantDigits: 2, maximumFractionDigits: 12 })}`;
}
