import { signRequest } from '../../local/sign-request.ts';
import type { Relay } from '../connection/connect-relay.ts';
import { relayCommand } from '../connection/relay-command.ts';
import { type RelayLocation, type RouteLocation, takesNoWebhooks } from '../connection/relay-location.ts';
import { requireRoute } from '../connection/select-routes.ts';
import { OperatorError, reasonOf } from '../operator-error.ts';
import { printable } from '../terminal/printable.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { type FollowTools, followWebhooks } from './follow-webhooks.ts';
import { giveOwnId, type Sample } from './give-own-id.ts';
import type { PostWebhook } from './post-webhook.ts';
import { renderMany, renderWhereabouts } from './render-sent.ts';
import { sendDocument } from './send-document.ts';
import { answeredEventId, type SentWebhook } from './sent-webhook.ts';
import { isWell, whereaboutsOf } from './whereabouts.ts';

export interface SendOptions {
  readonly file: string;
  readonly route: string;
  readonly count: number;
  /** Whether each webhook is to be an event of its own, instead of the one in the file. */
  readonly newId: boolean;
  /** Beside the signature, or in place of it; by their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds to follow them for; undefined not to. */
  readonly waitMs: number | undefined;
  readonly json: boolean;
}

export interface SendTools extends FollowTools {
  readonly relay: FollowTools['relay'] & Pick<Relay, 'secrets'>;
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly post: PostWebhook;
  readonly newId: () => string;
}

/** As many as a sender of some size has under way. */
const mostAtOnce = 5;

/**
 * `relay send FILE --route ROUTE`
 *
 * @returns 0 when each is at its destination, or was accepted and is not to be followed
 * @throws OperatorError `USAGE` when there is no such route or file, `RELAY_UNREACHABLE` when nothing answers
 */
export async function runSend(options: SendOptions, tools: SendTools, terminal: Terminal): Promise<ExitCode> {
  const { route, waitMs, json } = options;
  const { relay, now } = tools;
  const location = requireRoute(relay.location.routes, route);
  const sign = await signer(route, location, tools);
  const body = await readBody(options.file, tools);
  const one = options.count === 1 && !json;
  if (one) terminal.print(`${'posting'.padEnd(11)}  ${options.file} (${body.length} bytes) to ${location.ingestUrl}`);

  const accepted = await postAll(location, body, sign, options, tools, terminal);
  const [first] = accepted;
  if (one && first?.eventId !== undefined) {
    const { status, tookMs } = first.answer;
    terminal.print(`${'accepted'.padEnd(11)}  HTTP ${status} in ${tookMs} ms, event id ${printable(first.eventId)}`);
  }
  const onLook = one ? narrator(tools, terminal) : counter(terminal);
  const sent = waitMs === undefined ? accepted : await followWebhooks(route, accepted, waitMs, tools, onLook);
  terminal.progress('');

  const document = sendDocument(route, sent, waitMs !== undefined);
  if (json) terminal.print(JSON.stringify(document));
  else if (!one) terminal.print(renderMany(sent, relay.location, now(), terminal.paint));
  else if (waitMs === undefined && first?.eventId === undefined) onLook(sent);
  if (!json && waitMs !== undefined) noteIfUnfinished(sent, waitMs, relay.location, terminal);
  return document.well ? 0 : 1;
}

type Sign = (sample: Sample) => Sample;

/** @throws OperatorError when it cannot be known how the route knows its sender, or the secret cannot be read */
async function signer(route: string, location: RouteLocation, { relay, now }: SendTools): Promise<Sign> {
  const { verify, secretArn, eventSourceName } = location;
  if (takesNoWebhooks(location)) {
    throw new OperatorError('USAGE', `route "${route}" takes no webhooks, only the events of ${eventSourceName}`);
  }
  if (verify === undefined) {
    throw new OperatorError(
      'USAGE',
      `${relay.location.description} does not say how route "${route}" knows its sender: an earlier version deployed it. Deploy again`,
    );
  }
  const secret = secretArn === undefined ? null : (await relay.secrets.read(secretArn)).current.value;
  return ({ body, headers }) => {
    const signature = Object.entries(signRequest(verify, secret, body, now(), headers['webhook-id']));
    const signed = Object.fromEntries(signature.map(([name, value]) => [name.toLowerCase(), value]));
    return { body, headers: { 'content-type': 'application/json', ...signed, ...headers } };
  };
}

async function readBody(file: string, { readFile }: SendTools): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new OperatorError('USAGE', `cannot read "${file}" (${reasonOf(error)}): name a file to send`, error);
  }
}

async function postAll(
  { ingestUrl, verify }: RouteLocation,
  body: Uint8Array,
  sign: Sign,
  { count, newId, headers }: SendOptions,
  { post, newId: makeId, signal }: SendTools,
  terminal: Terminal,
): Promise<readonly SentWebhook[]> {
  const kind = verify?.kind ?? 'none';
  const sample = { body, headers };
  const sent: SentWebhook[] = [];
  const seen = new Set<string>();
  let begun = 0;

  async function postNext(): Promise<void> {
    while (begun < count && !signal.aborted) {
      begun += 1;
      const answer = await post(ingestUrl, sign(newId ? giveOwnId(sample, kind, makeId()) : sample));
      const eventId = answeredEventId(answer);
      const isRepeated = eventId !== undefined && seen.has(eventId);
      if (eventId !== undefined) seen.add(eventId);
      const whereabouts = isRepeated
        ? ({ kind: 'duplicate', of: 'sent-before' } as const)
        : whereaboutsOf(answer, undefined);
      sent.push({ answer, eventId, whereabouts });
      if (count > 1) terminal.progress(`posted ${sent.length} of ${count}`);
    }
  }

  await Promise.all(Array.from({ length: Math.min(count, mostAtOnce) }, postNext));
  return sent;
}

/** Prints a line whenever something has become of the one webhook. */
function narrator({ relay, now }: SendTools, terminal: Terminal): (sent: readonly SentWebhook[]) => void {
  let last = '';
  return ([webhook]) => {
    if (webhook === undefined) return;
    const line = renderWhereabouts(webhook, relay.location, now(), terminal.paint);
    if (line !== last && webhook.whereabouts.kind !== 'stored') terminal.print(line);
    last = line;
  };
}

function counter(terminal: Terminal): (sent: readonly SentWebhook[]) => void {
  return (sent) => {
    const delivered = sent.filter(({ whereabouts }) => isWell(whereabouts)).length;
    terminal.progress(`delivered ${delivered} of ${sent.length}`);
  };
}

function noteIfUnfinished(
  sent: readonly SentWebhook[],
  waitMs: number,
  location: RelayLocation,
  terminal: Terminal,
): void {
  const open = sent.filter(({ whereabouts: { kind } }) => kind === 'stored' || kind === 'delivering').length;
  if (open === 0) return;
  const many = open === 1 ? 'it is' : `${open} are`;
  terminal.note(
    `not delivered within ${waitMs / 1_000} s: ${many} stored, and the relay goes on trying: ${relayCommand(location, 'route list')}`,
  );
}
