import { secretLifeMs } from '../../../lambdas/adapters/cached-secrets.ts';
import type { Clock } from '../../../lambdas/contract/ports.ts';
import { demandConfirm } from '../terminal/demand-confirm.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { type SecretTools, secretArnOf } from './run-secret-show.ts';

export interface RotateOptions {
  readonly yes: boolean;
  readonly json: boolean;
}

export interface RotateTools extends SecretTools {
  readonly now: Clock;
  readonly signal: AbortSignal;
  readonly newSecret: () => string;
}

/** The functions keep what they read for so long, and know nothing of a second rotation until then. */
const leastBetweenMs = secretLifeMs;

/**
 * `relay secret rotate ROUTE`
 *
 * @throws OperatorError `USAGE` when there is no such route, it has no secret, or a yes is needed and cannot be asked for.
 */
export async function runSecretRotate(
  route: string,
  { yes, json }: RotateOptions,
  { relay, now, signal, newSecret }: RotateTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const confirm = demandConfirm({ isSettled: yes, json, wayOut: 'add --yes to rotate' }, terminal);
  const secretArn = secretArnOf(route, relay.location);
  const { current, previous } = await relay.secrets.read(secretArn);
  const ageMs = now() - current.createdAtMs;
  if (previous !== undefined) {
    terminal.note('the previous secret is retired by this: what is still signed with it will be refused');
    if (ageMs < leastBetweenMs) {
      terminal.note(`the last rotation was ${Math.floor(ageMs / 1_000)} s ago: leave five minutes between two`);
    }
  }
  if (!(await confirm(`rotate the secret of route ${route} of ${relay.location.description}?`))) {
    terminal.note('nothing was rotated');
    return 1;
  }
  signal.throwIfAborted();
  const secret = newSecret();
  await relay.secrets.replace(secretArn, secret);
  terminal.print(
    json
      ? JSON.stringify({ route, secret })
      : [
          terminal.paint('green', `rotated the secret of ${route} of ${relay.location.description}`),
          `  New secret: ${secret}`,
          '  Give it to the sender in five minutes: before that a function may not know it, and forged requests can keep it',
          '  from asking. The one that it replaces is let in until the next rotation.',
        ].join('\n'),
  );
  return 0;
}
