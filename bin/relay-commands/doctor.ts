import type { Command } from 'commander';
import { relayVersion } from '../../lib/infra/relay-version.ts';
import { connectRelay } from '../../lib/operator/connection/connect-relay.ts';
import { locateRelay } from '../../lib/operator/connection/locate-relay.ts';
import { stackLooks } from '../../lib/operator/doctor/look-at-stack.ts';
import { runDoctor } from '../../lib/operator/doctor/run-doctor.ts';
import { type AddressOptions, addressOf, type Session } from './session.ts';

interface DoctorOptions extends AddressOptions {
  readonly json?: true;
}

/** API Gateway answers within 30 s; who asks a doctor has less patience. */
const answerWithinMs = 10_000;

/** `relay doctor`: all that can be wrong, in one screen. */
export function addDoctorCommand(program: Command, { terminal, conclude }: Session): void {
  program
    .command('doctor')
    .description('look whether everything is as it should be, and say what to do where it is not')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Looks at your credentials, the stack and its outputs, the way in, the spill, the alarms; and for
each route at its secret, breaker, event source mapping, queues, dead letters and last delivery.
Changes nothing. What a local run does not have is skipped.

Examples:
  relay doctor --local
  relay doctor --stack Relay-Prod --json | jq '.findings[] | select(.status == "fail")'

Exit codes: 0 nothing failed, though there may be something to look at; 1 something failed;
2 wrong usage.`,
    )
    .action(async (_options, command: Command) => {
      const { json, ...address } = command.optsWithGlobals<DoctorOptions>();
      const tools = {
        locate: locateRelay,
        connect: connectRelay,
        looks: stackLooks,
        now: Date.now,
        version: relayVersion,
        getStatus: async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) })).status,
      };
      await conclude(() => runDoctor(addressOf(address), { json: json === true }, tools, terminal));
    });
}
