/** Embeds or overrides a direction of writing: an id would seem to be another. None is a mark that a language needs. */
const turns = '\\u202a-\\u202e\\u2066-\\u2069';

/** C0 and C1 controls without tab and newline, and DEL. */
const controls = new RegExp(`[^\\P{Cc}\\t\\n]|[${turns}]`, 'gu');

/**
 * Text that is safe to print. Bodies and ids come from outside: an escape sequence in one could rewrite the screen, or
 * what the operator believes to confirm.
 */
export function printable(text: string): string {
  return text.replace(controls, (character) => {
    const code = character.charCodeAt(0);
    return code > 0xff ? escapeOfJson(character) : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** What JSON need not escape, and a terminal may obey all the same: DEL, C1 controls, and turns of direction. */
const leftByJson = new RegExp(`[\\x7f-\\x9f${turns}]`, 'g');

/** A line that is safe to print, be it JSON, which says the same with these escapes, or what `printable` has made. */
export function printableLine(line: string): string {
  return line.replace(leftByJson, escapeOfJson);
}

function escapeOfJson(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Ends are kept: ids of one source often begin alike. */
export function shortenMiddle(text: string, columns: number): string {
  if (text.length <= columns) return text;
  const head = Math.ceil((columns - 1) / 2);
  const tail = columns - 1 - head;
  return `${text.slice(0, head)}…${tail === 0 ? '' : text.slice(-tail)}`;
}

/** A length of time: 90s, 12m, 3h, 5d; seconds below two minutes. Clocks that disagree do not make it negative. */
export function age(sinceMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** "1 dead letter", "2 dead letters". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
