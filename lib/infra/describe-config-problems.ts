import type * as z from 'zod';

/** The first mistake can bring about a hundred others: more than these are only counted. */
const mostProblems = 10;

/**
 * What is wrong with a configuration: each key, its value and what is allowed. One line for a single problem; for
 * several a heading, and a line for each.
 *
 * @param source the file it came from
 */
export function describeConfigProblems(issues: readonly z.core.$ZodIssue[], input: unknown, source: string): string {
  const problems = issues.flatMap((issue) => describeIssue(issue, input)).map(problemLine);
  const [first = 'not a relay configuration'] = problems;
  if (problems.length <= 1) return `${source}: ${first}`;
  const left = problems.length - mostProblems;
  const lines = [...problems.slice(0, mostProblems), ...(left > 0 ? [`and ${left} more`] : [])];
  return [`${source}: ${problems.length} problems`, ...lines.map((line) => `  ${line}`)].join('\n');
}

interface Problem {
  readonly path: readonly PropertyKey[];
  /** Undefined for a problem of the value at the path; else the value is a name that it should not have there. */
  readonly of?: 'key';
  readonly value: unknown;
  readonly allowed: string;
  /** Whether a text in the value may be a credential. */
  readonly mayBeSecret?: boolean;
}

function problemLine({ path, of, value, allowed, mayBeSecret = isHeaderValue(path) }: Problem): string {
  const says = of === 'key' ? 'has the key' : 'is';
  return `${path.map(String).join('.') || 'the configuration'} ${says} ${show(value, mayBeSecret)}: ${allowed}`;
}

/** `deliverTo.headers`, or a value in it: what a destination lets the relay in for. The ARN of a secret is none. */
function isHeaderValue(path: readonly PropertyKey[]): boolean {
  return path.includes('headers') && path.at(-1) !== 'secretArn';
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown): readonly Problem[] {
  const allowed = issue.message;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const path = [...issue.path, key];
        // Nobody knows what it holds: `verify.password` is what some expect there.
        return { path, value: valueAt(input, path), allowed, mayBeSecret: true };
      });
    case 'invalid_key': {
      const path = issue.path.slice(0, -1);
      return [{ path, of: 'key', value: issue.path.at(-1), allowed: issue.issues[0]?.message ?? allowed }];
    }
    case 'custom':
      return [{ path: issue.path, value: issue.params?.value ?? valueAt(input, issue.path), allowed }];
    default:
      return [{ path: issue.path, value: valueAt(input, issue.path), allowed }];
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** What is shown stays in terminals and build logs, so that credentials are left out. */
function show(value: unknown, mayBeSecret: boolean): string {
  if (value === undefined) return 'missing';
  const hide = mayBeSecret ? () => '…' : withoutCredentials;
  const json = JSON.stringify(value, (_key, part) => (typeof part === 'string' ? hide(part) : part)) ?? String(value);
  return json.length > 120 ? `${json.slice(0, 117)}…` : json;
}

/**
 * A URL without what stands before its last `@`, and without its query. `URL` reads a scheme with two slashes, one, none
 * or backslashes behind it in the same way, and this is for texts that it does not read, too.
 */
function withoutCredentials(text: string): string {
  return text
    .replace(/^(\s*[a-z][a-z0-9+.-]*:[\\/]*).*@/is, '$1…@')
    .replace(/^(\s*[a-z][a-z0-9+.-]*:[^?]*\?).*$/is, '$1…');
}
