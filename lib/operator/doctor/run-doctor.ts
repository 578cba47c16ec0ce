import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import type { RelayAddress, RelayLocation } from '../connection/relay-location.ts';
import { OperatorError } from '../operator-error.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { examineAccess, examineRelay, type GetStatus } from './examine-relay.ts';
import { examineRoute } from './examine-route.ts';
import { type Finding, fail, skipped } from './finding.ts';
import type { StackLooks } from './look-at-stack.ts';
import { renderFindings } from './render-findings.ts';

export interface DoctorTools {
  readonly locate: (address: RelayAddress) => Promise<RelayLocation>;
  readonly connect: (location: RelayLocation) => Relay;
  readonly looks: StackLooks;
  readonly getStatus: GetStatus;
  readonly now: Clock;
  /** Of this command. */
  readonly version: string;
}

/** `relay doctor`: 1 when something failed. */
export async function runDoctor(
  address: RelayAddress,
  { json }: { readonly json: boolean },
  tools: DoctorTools,
  terminal: Terminal,
): Promise<ExitCode> {
  terminal.progress('looking…');
  const [access, { relay, findings }] = await Promise.all([
    Promise.all(examineAccess(address, tools.looks, tools.now)),
    examineLocated(address, tools),
  ]);
  terminal.progress('');
  const all = [...access, ...findings];
  const failed = all.some(({ status }) => status === 'fail');
  if (json) {
    terminal.print(JSON.stringify({ relay, well: !failed, findings: all.map(document) }));
  } else {
    terminal.print(`${terminal.paint('bold', relay)}\n\n${renderFindings(all, terminal)}`);
  }
  return failed ? 1 : 0;
}

interface Located {
  /** For people: which relay it is. */
  readonly relay: string;
  readonly findings: readonly Finding[];
}

async function examineLocated(address: RelayAddress, tools: DoctorTools): Promise<Located> {
  let location: RelayLocation;
  try {
    location = await tools.locate(address);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const relay = address.kind === 'local' ? `the local relay at ${address.url}` : `stack ${address.stackName}`;
    const next = address.kind === 'local' ? 'npm start' : 'npx cdk deploy';
    const rest = ['version', 'ingest', 'spill', 'alarms', 'routes'].map((check) => ({
      check,
      ...skipped('it is not known where to look'),
    }));
    return { relay, findings: [{ check: 'outputs', ...fail(error.message, next) }, ...rest] };
  }
  const relay = tools.connect(location);
  try {
    const { routes } = location;
    const outputs = { check: 'outputs', status: 'ok', message: `routes ${[...routes.keys()].join(', ')}` } as const;
    const looks = [
      ...examineRelay({ ...tools, relay }),
      ...[...routes].flatMap(([name, route]) => examineRoute(name, route, { ...tools, relay })),
    ];
    return { relay: location.description, findings: [outputs, ...(await Promise.all(looks))] };
  } finally {
    relay.close();
  }
}

/** One of the findings of `relay doctor --json`. Scripts read it: names and types stay, fields may join. */
function document({ check, route, status, message, next }: Finding) {
  return { check, route: route ?? null, status, message, next: next ?? null };
}
