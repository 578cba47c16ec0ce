import type { styleText } from 'node:util';
import { decodeUtf8 } from '../../lambdas/contract/sqs-safe-body.ts';
import type { RelayConfig, VerifyConfig } from '../infra/relay-config.ts';
import { phaseWords } from '../operator/routes/phase-words.ts';
import { shortenMiddle } from '../operator/terminal/printable.ts';
import type { Delivery } from './destination.ts';
import type { LiveStep } from './live-step.ts';
import type { ReadyMessage } from './ready-message.ts';
import { signatureLifeSeconds, signRequest } from './sign-request.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is where nobody would see colours. */
export type Paint = (style: Style, text: string) => string;

/** A request body to show how to call the relay. */
export interface Sample {
  /** Absolute: the line is pasted into another terminal, which may stand elsewhere. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What a developer reads when the run is ready. */
export function renderReady(ready: ReadyMessage, config: RelayConfig, sample: Sample, paint: Paint): string {
  const routes = Object.entries(ready.routes);
  const width = Math.max(...routes.map(([name]) => name.length));
  const urls = routes.map(([name, { ingestUrl, queueUrl, secret }]) => {
    const bold = paint('bold', name.padEnd(width));
    // There is no bus on this machine. Its events are put on the queue by hand.
    if (takesNoWebhooks(name, config)) return `  ${bold}  ${paint('dim', `events of a bus only, on ${queueUrl}`)}`;
    const signing = secret === null ? 'accepts unsigned requests' : `secret of this run: ${secret}`;
    return `  ${bold}  ${ingestUrl}  ${paint('dim', signing)}`;
  });
  const curls = routes.flatMap(([name]) => {
    if (takesNoWebhooks(name, config)) return [];
    const lifeSeconds = signatureLifeSeconds(verifyOf(name, config));
    const line = `  ${curlLine(name, ready, config, sample)}`;
    return lifeSeconds === undefined ? [line] : [paint('dim', `  (signed with the time: for ${lifeSeconds} s)`), line];
  });
  const invitation = ['Send it a webhook (a second time, and it is a duplicate):', '', ...curls, ''];
  return [
    'The relay runs on this machine; Ctrl-C ends it, and everything in it.',
    '',
    ...urls,
    '',
    ...(curls.length === 0 ? [] : invitation),
  ].join('\n');
}

/** A line for a POSIX shell, signed for exactly the bytes of the sample. */
export function curlLine(name: string, ready: ReadyMessage, config: RelayConfig, sample: Sample): string {
  const verify = verifyOf(name, config);
  const route = ready.routes[name];
  const headers = {
    'content-type': 'application/json',
    ...signRequest(verify, route?.secret ?? null, sample.bytes),
  };
  const flags = Object.entries(headers).map(([header, value]) => `-H ${quote(`${header}: ${value}`)}`);
  return `curl -i ${flags.join(' ')} --data-binary ${quote(`@${sample.path}`)} ${route?.ingestUrl}`;
}

function takesNoWebhooks(name: string, { routes }: RelayConfig): boolean {
  return routes[name] !== undefined && routes[name].verify === undefined;
}

function verifyOf(name: string, config: RelayConfig): VerifyConfig {
  return config.routes[name]?.verify ?? { kind: 'none', acceptUnsigned: true };
}

function quote(text: string): string {
  return /^[\w@./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const styles: Readonly<Record<string, Style>> = {
  accepted: 'cyan',
  offloaded: 'cyan',
  spilled: 'yellow',
  swept: 'cyan',
  delivered: 'green',
  duplicate: 'yellow',
  refused: 'yellow',
  retrying: 'yellow',
  waiting: 'yellow',
  renewed: 'yellow',
  trial: 'magenta',
  peeked: 'dim',
  breaker: 'magenta',
  'dead-letter': 'red',
  fault: 'red',
  'secret-unreadable': 'red',
  'not-stored': 'red',
};

/** What a line needs beside the id: time, a route of 14 letters, the step, and what is told of a failed attempt. */
const besideId = 87;

/** Enough of an id to tell it from its neighbours, in a line of 100 columns. */
const shortestId = 13;

/**
 * An id as long as there is room for it, and in each line of a run as long as in the others: who looks for an event looks
 * for the same text.
 */
function fitId(eventId: string, columns: number | undefined): string {
  return columns === undefined ? eventId : shortenMiddle(eventId, Math.max(shortestId, columns - besideId));
}

/**
 * One line for one step.
 *
 * @param columns width of the terminal; undefined when it is none, and nothing is to be shortened
 */
export function renderStep(step: LiveStep, atMs: number, paint: Paint, columns?: number): string {
  const name = paint(styles[step.step] ?? 'reset', step.step.padEnd(11));
  const parts = [clockTime(atMs), step.route, name, fitId(step.eventId ?? '', columns), paint('dim', describe(step))];
  return parts.filter((part) => part !== '').join('  ');
}

function describe(step: LiveStep): string {
  switch (step.step) {
    case 'accepted':
      return `${step.bytes} bytes`;
    case 'offloaded':
      return `${step.bytes} bytes, too large for the queue: in S3`;
    case 'spilled':
      return `the queue did not take it (${step.error}): in S3 until it does`;
    case 'swept':
      return 'from S3 to its queue';
    case 'delivered':
      return `attempt ${step.attempt} answered ${step.status} after ${step.tookMs} ms`;
    case 'retrying':
      return `attempt ${step.attempt} failed (${step.error}): again in ${step.inSeconds} s`;
    case 'dead-letter':
      return `${step.cause}: ${step.error}`;
    case 'duplicate':
      return step.of === 'delivered' ? 'delivered before' : 'set aside before';
    case 'waiting':
      return `${step.why}: again in ${step.inSeconds} s`;
    case 'renewed':
      return `received ${step.receives} times: put on its queue anew`;
    case 'trial':
      return `of the destination: ${withError(String(step.outcome), step)}`;
    case 'breaker':
      return withError(
        `${phaseWord(step.from)} → ${[phaseWord(step.to), step.reason].filter((part) => part !== undefined).join(', ')}`,
        step,
      );
    case 'secret-unreadable':
      return withError(step.inUse === 'stale' ? 'an older reading of it is in use' : 'nothing is known of it', step);
    case 'peeked':
      return `${step.seen} dead letters, the oldest for ${Math.round(Number(step.hoursLeft))} h more`;
    case 'refused':
      return String(step.reason);
    default:
      return String(step.error ?? '');
  }
}

/** A phase as `relay route list` calls it. */
function phaseWord(phase: unknown): string {
  return Object.entries(phaseWords).find(([kind]) => kind === phase)?.[1] ?? String(phase);
}

function withError(text: string, { error }: LiveStep): string {
  return error === undefined ? text : `${text} (${error})`;
}

/** The longest part of a body that is shown. */
const excerptCharacters = 80;

/**
 * One line for what the built-in destination received. Showing the body on the developer's own screen is its purpose.
 *
 * @param columns width of the terminal; undefined when it is none
 */
export function renderDelivery(delivery: Delivery, atMs: number, paint: Paint, columns?: number): string {
  const { method, route, eventId, attempt, body } = delivery;
  const facts = `${method} attempt ${attempt}, ${body.byteLength} bytes`;
  const line = `${clockTime(atMs)}  ${route}  destination  ${fitId(eventId, columns)}  ${facts}  `;
  const room = columns === undefined ? excerptCharacters : Math.min(excerptCharacters, columns - line.length);
  return `${line}${paint('dim', excerpt(body, Math.max(0, room)))}`.trimEnd();
}

/** Control characters are replaced: a body must not be able to steer the terminal. */
function excerpt(body: Uint8Array, characters: number): string {
  const text = (decodeUtf8(body) ?? '(not UTF-8)').slice(0, 4 * excerptCharacters).replace(/[\p{C}\s]+/gu, ' ');
  return [...text].slice(0, characters).join('');
}

function clockTime(atMs: number): string {
  const at = new Date(atMs);
  const [hours, minutes, seconds] = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
