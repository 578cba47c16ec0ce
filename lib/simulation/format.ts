/** A whole number with its thousands apart. */
export function formatCount(value: number): string {
  // A sum that comes to nothing may be a little less, and would be printed as -0.
  return (Math.round(value) || 0).toLocaleString('en-US');
}

/** `4 h 30 min`, `5 min 29 s`, `59 s`: the two largest units, where both are something. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts: readonly (readonly [number, string])[] =
    whole < 3_600
      ? [
          [Math.floor(whole / 60), 'min'],
          [whole % 60, 's'],
        ]
      : whole < 2 * 86_400
        ? [
            [Math.floor(whole / 3_600), 'h'],
            [Math.floor((whole % 3_600) / 60), 'min'],
          ]
        : [
            [Math.floor(whole / 86_400), 'd'],
            [Math.floor((whole % 86_400) / 3_600), 'h'],
          ];
  const said = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return said.length === 0 ? '0 s' : said.join(' ');
}

/** US dollars. */
export function formatDollars(dollars: number): string {
  const cents = Math.round(dollars * 100) / 100;
  const sign = cents < 0 ? '-' : '';
  return `${sign}$${Math.abs(cents).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** Bytes as `2 KiB`, where that is a whole number. */
export function formatBytes(bytes: number): string {
  return bytes % 1_024 === 0 ? `${formatCount(bytes / 1_024)} KiB` : `${formatCount(bytes)} B`;
}
