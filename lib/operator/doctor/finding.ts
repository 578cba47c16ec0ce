import { OperatorError, reasonOf } from '../operator-error.ts';

/** `skipped`: not looked at, because there is no such thing here, or because of another finding. */
export type FindingStatus = 'ok' | 'warn' | 'fail' | 'skipped';

/** What one check found. */
export interface Finding {
  /** Stable: scripts match on it. */
  readonly check: string;
  /** Undefined for what concerns the whole relay. */
  readonly route?: string;
  readonly status: FindingStatus;
  /** A few words, without a full stop. */
  readonly message: string;
  /** What to do, or to look at. */
  readonly next?: string;
}

/** What a check comes to, before it is known whose check it is. */
export type Verdict = Omit<Finding, 'check' | 'route'>;

export const ok = (message: string): Verdict => ({ status: 'ok', message });
export const warn = (message: string, next: string): Verdict => ({ status: 'warn', message, next });
export const fail = (message: string, next: string): Verdict => ({ status: 'fail', message, next });
export const skipped = (message: string): Verdict => ({ status: 'skipped', message });

/** Runs a check. One that cannot be made fails by that, and holds up none of the others. */
export async function examine(check: string, look: () => Promise<Verdict>, route?: string): Promise<Finding> {
  const of = { check, ...(route === undefined ? {} : { route }) };
  try {
    return { ...of, ...(await look()) };
  } catch (error) {
    // Nothing else is a failure of what was looked at; a bug of ours must not pass for one.
    if (!(error instanceof OperatorError)) throw error;
    return { ...of, ...fail(error.message, nextAfter(error)) };
  }
}

function nextAfter({ cause }: OperatorError): string {
  const reason = `${cause instanceof Error ? cause.name : ''} ${reasonOf(cause)}`;
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation|not authorized/i.test(reason)) {
    return 'let your role do what it says: docs/deploy.md has the permissions of an operator';
  }
  if (/ResourceNotFound|NonExistentQueue|NoSuchBucket|NotFoundException/.test(reason)) {
    return 'it was deleted by hand: `npx cdk deploy` makes a new one only after a rename; see docs/deploy.md';
  }
  return 'try again; if it stays, ask AWS Health of your region';
}
