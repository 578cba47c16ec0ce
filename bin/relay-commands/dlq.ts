import type { Command } from 'commander';
import { addDlqChangeCommands } from './dlq-change.ts';
import { addDlqLookCommands } from './dlq-look.ts';
import { addDlqRedriveCommand } from './dlq-redrive.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

/** `relay dlq …`: dead letters, looked at, redriven, changed and purged. */
export function addDlqCommands(program: Command, session: Session): void {
  const dlq = program
    .command('dlq')
    .description('dead letters: webhooks that could not be delivered')
    .addHelpText(
      'after',
      `
A dead letter has a cause: rejected, attempts-exhausted, retention-reached, foreign-pointer,
wrong-route, malformed-message, payload-missing; or receive-limit when the processor died on it
and SQS moved it, and not-queued when EventBridge could not put it on the route's queue.

To look at them, SQS has to hide them from others: half a minute at most, or up to five where there
are tens of thousands. They are given back as soon as the command is done, also after Ctrl-C.

At three in the morning:
  relay dlq list                                 what is hurt, and why
  relay dlq show ID                              one of them, with its body and history
  relay dlq redrive --cause rejected --dry-run   what would be put back
  relay dlq redrive --cause rejected             ten first, the rest when those are delivered
${exitCodes}`,
    );
  addDlqLookCommands(dlq, session);
  addDlqRedriveCommand(dlq, session);
  addDlqChangeCommands(dlq, session);
}
