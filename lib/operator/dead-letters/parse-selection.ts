import { deadLetterCauses } from '../../../lambdas/contract/errors.ts';
import { OperatorError } from '../operator-error.ts';
import { notQueuedCause, receiveLimitCause } from './dead-letter.ts';
import type { Selection, StatusRange } from './selection.ts';

/** The options that narrow a choice of dead letters, as they were typed. */
export interface SelectionOptions {
  readonly route?: string | undefined;
  readonly cause?: readonly string[];
  readonly status?: readonly string[];
  readonly event?: readonly string[];
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Everything that `--cause` takes. */
export const knownCauses: readonly string[] = [...deadLetterCauses, receiveLimitCause, notQueuedCause];

/** @throws OperatorError `USAGE` that names the value and what is possible. */
export function parseSelection(ids: readonly string[], options: SelectionOptions, nowMs: number): Selection {
  const { route, cause = [], status = [], event = [], since, until } = options;
  const selection = {
    route,
    ids: [...ids, ...event],
    causes: cause.map(parseCause),
    statuses: status.map(parseStatus),
    sinceMs: since === undefined ? undefined : parseMoment('--since', since, nowMs),
    untilMs: until === undefined ? undefined : parseMoment('--until', until, nowMs),
  };
  const { sinceMs = -Infinity, untilMs = Infinity } = selection;
  if (sinceMs > untilMs) {
    throw new OperatorError('USAGE', `--since ${since} is after --until ${until}: nothing lies between them`);
  }
  return selection;
}

function parseCause(value: string): string {
  if (knownCauses.includes(value)) return value;
  throw new OperatorError('USAGE', `--cause "${value}" is none: the causes are ${knownCauses.join(', ')}`);
}

function parseStatus(value: string): StatusRange {
  if (value === 'none') return 'none';
  const status = /^([1-5])(\d\d|xx)$/i.exec(value);
  if (status === null) {
    throw new OperatorError('USAGE', `--status takes a status like 422, a class like 4xx, or none, not "${value}"`);
  }
  const [, hundreds = '', rest = ''] = status;
  if (rest.toLowerCase() !== 'xx') return { from: Number(value), to: Number(value) };
  return { from: Number(hundreds) * 100, to: Number(hundreds) * 100 + 99 };
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A length of time before now (90s, 30m, 2h, 3d), or a date with or without a time; UTC unless it says otherwise. */
function parseMoment(option: string, value: string, nowMs: number): number {
  const ago = /^(\d{1,6})([smhd])$/.exec(value);
  if (ago !== null) return nowMs - Number(ago[1]) * (unitMs[ago[2] ?? ''] ?? 0);
  if (/^\d{4}-\d\d-\d\d/.test(value)) {
    const hasZone = /T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(value);
    const isDate = value.length === 10;
    const moment = Date.parse(hasZone || isDate ? value : `${value.replace(' ', 'T')}Z`);
    if (!Number.isNaN(moment)) return moment;
  }
  throw new OperatorError(
    'USAGE',
    `${option} takes how long ago (90s, 30m, 2h, 3d) or a time (2026-05-04, 2026-05-04T03:15Z), not "${value}"`,
  );
}
