import { parseJson } from '../../../lambdas/contract/parse-json.ts';

/** Indentation grows with the square of the depth: a 1 MiB body of brackets would take gigabytes. */
const deepest = 64;

/** A string in as few steps as it has escapes: taken letter by letter, one of some megabytes is more than a stack holds. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * Indents JSON without parsing and writing it again, so that long numbers, escapes and repeated keys are shown as they
 * were sent. Undefined for text that is not JSON, or nested too deep to be read that way.
 */
export function indentJson(text: string): string | undefined {
  if (parseJson(text) === undefined) return undefined;
  const parts: string[] = [];
  let depth = 0;
  let previous = '';
  for (const [token] of text.matchAll(tokens)) {
    const closes = token === '}' || token === ']';
    const isEmptyPair = closes && (previous === '{' || previous === '[');
    if (closes) depth--;
    if (closes ? !isEmptyPair : previous === '{' || previous === '[') parts.push(`\n${'  '.repeat(depth)}`);
    parts.push(token);
    if (token === '{' || token === '[') depth++;
    if (token === ',') parts.push(`\n${'  '.repeat(depth)}`);
    if (token === ':') parts.push(' ');
    if (depth > deepest) return undefined;
    previous = token;
  }
  return parts.join('');
}
