import * as z from 'zod';
import { failureOf, GenesysError, saidIn } from './genesys-failure.ts';
import type { PlatformAnswer } from './platform-answer.ts';
import type { PlatformApis, PlatformClient } from './platform-client.ts';

/** A token is replaced so long before its end that no request can arrive after it. */
const renewBeforeMs = 60_000;

/** A rate limit is one of a minute: who waited two without getting through is not alone on this client. */
const longestWaitSeconds = 120;

/** Where the login says nothing of how long: it limits by the minute. */
const loginWaitSeconds = 15;

/** A service that was limited may still be, when it said it was not: so often, and no more. */
const mostWaits = 6;

export interface CallTools {
  readonly client: PlatformClient;
  /** For the messages: `mypurecloud.de`. */
  readonly host: string;
  /** Epoch ms. */
  readonly now: () => number;
  /** Rejects when the command is interrupted. */
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1, without 1. */
  readonly random: () => number;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface GenesysCall<Result> {
  /** What it is for, as in "list the Open Messaging integrations". */
  readonly action: string;
  readonly send: (apis: PlatformApis) => Promise<unknown>;
  readonly result: z.ZodType<Result>;
}

/** @throws GenesysError that says what could not be done, why, and what to do about it */
export type CallGenesys = <Result>(call: GenesysCall<Result>) => Promise<Result>;

const tokenSchema = z.object({ accessToken: z.string().min(1), tokenExpiryTime: z.number() });

/**
 * Calls Genesys with one token for all calls: got with the first, replaced shortly before its end, and once more when
 * Genesys refuses it with 401. A 429 is waited out, as long as Genesys says and a little more, since those who were told
 * the same second come back together; so is the token endpoint's own way to say it, a 400.
 */
export function callGenesys(tools: CallTools): CallGenesys {
  const { client, host, now } = tools;
  let tokenExpiresAtMs = Number.NEGATIVE_INFINITY;

  async function logIn(): Promise<void> {
    const action = `log in to Genesys Cloud in ${host}`;
    const answer = await waitingOut(() => client.login(), loginWait, action, tools);
    if (answer.kind === 'refused' && answer.status < 500) {
      throw new GenesysError(action, { kind: 'login-refused', host, said: saidIn(answer.body) });
    }
    if (answer.kind !== 'done') throw new GenesysError(action, failureOf(answer, host));
    const token = tokenSchema.safeParse(answer.body);
    if (!token.success) throw new GenesysError(action, { kind: 'not-understood', problem: 'it has no token' });
    tokenExpiresAtMs = token.data.tokenExpiryTime;
  }

  return async ({ action, send, result }) => {
    if (tokenExpiresAtMs - now() < renewBeforeMs) await logIn();
    const attempt = () => waitingOut(() => client.send(send), apiWait, action, tools);
    let answer = await attempt();
    // The idle timeout of some organizations ends a token before its time.
    if (answer.kind === 'refused' && answer.status === 401) {
      await logIn();
      answer = await attempt();
    }
    if (answer.kind !== 'done') throw new GenesysError(action, failureOf(answer, host));
    const parsed = result.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw new GenesysError(action, {
      kind: 'not-understood',
      problem: z.prettifyError(parsed.error).replace(/\s+/g, ' '),
    });
  };
}

/** How long an answer asks to wait, in seconds; undefined when it is none that waiting helps against. */
type AskedWait = (answer: PlatformAnswer) => number | undefined;

const apiWait: AskedWait = (answer) =>
  answer.kind === 'refused' && answer.status === 429 ? (answer.retryAfterSeconds ?? loginWaitSeconds) : undefined;

/** The token endpoint tells of its rate limit with 400, the code of a wrong client, too: only the text differs. */
const loginWait: AskedWait = (answer) =>
  answer.kind === 'refused' && answer.status === 400 && /rate limit/i.test(JSON.stringify(answer.body))
    ? (answer.retryAfterSeconds ?? loginWaitSeconds)
    : apiWait(answer);

async function waitingOut(
  attempt: () => Promise<PlatformAnswer>,
  askedWait: AskedWait,
  action: string,
  { sleep, random, progress, signal }: CallTools,
): Promise<PlatformAnswer> {
  let waitedSeconds = 0;
  for (let waits = 0; ; waits++) {
    const answer = await attempt();
    // A request that was cut off has no answer: that it was is the better reason.
    if (answer.kind === 'unreachable') signal.throwIfAborted();
    const asked = askedWait(answer);
    if (asked === undefined) return answer;
    if (waits === mostWaits || waitedSeconds + asked > longestWaitSeconds) {
      throw new GenesysError(action, { kind: 'rate-limited', retryAfterSeconds: asked });
    }
    for (let left = asked; left > 0; left--) {
      progress(`Genesys Cloud limits the pace: going on in ${left} s`);
      await sleep(1_000);
    }
    await sleep(Math.floor(random() * 1_000));
    progress('');
    waitedSeconds += asked;
  }
}
