import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import type { RelayAddress, RelayLocation } from '../connection/relay-location.ts';
import { reasonOf, reasonOfFetch } from '../operator-error.ts';
import { age, count } from '../terminal/printable.ts';
import { examine, type Finding, fail, ok, skipped, type Verdict, warn } from './finding.ts';
import type { StackLooks } from './look-at-stack.ts';

/** Answers with the status of a GET, and rejects as `fetch` does. */
export type GetStatus = (url: string) => Promise<number>;

/** Who the operator is, and whether CloudFormation is done with the stack. */
export function examineAccess(address: RelayAddress, looks: StackLooks, now: Clock): readonly Promise<Finding>[] {
  if (address.kind === 'local') {
    const none = async () => skipped('a local run has none');
    return [examine('credentials', none), examine('stack', none)];
  }
  return [
    examine('credentials', async () => {
      try {
        return ok(await looks.identity(address));
      } catch (error) {
        return fail(reasonOf(error), 'log in, such as by `aws sso login`, or name a profile with --profile');
      }
    }),
    examine('stack', async () => {
      try {
        const { status, changedAtMs } = await looks.stack(address);
        return stackVerdict(status, changedAtMs === undefined ? '' : `, ${age(changedAtMs, now())} ago`);
      } catch (error) {
        return fail(reasonOf(error), 'check --stack, --region and --profile; not deployed yet: npx cdk deploy');
      }
    }),
  ];
}

function stackVerdict(status: string, since: string): Verdict {
  const said = `${status}${since}`;
  if (status.endsWith('_IN_PROGRESS')) return warn(said, 'wait until CloudFormation is done, and look again');
  // A rolled back update leaves the relay as it was before, which works; a rolled back creation leaves none.
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return warn(said, 'the last deployment failed: see the events of the stack');
  if (/FAILED|ROLLBACK|DELETE/.test(status))
    return fail(said, 'see the events of the stack in the CloudFormation console');
  return ok(said);
}

/** Whether this command and what is deployed are of one version. */
export function compareVersions(location: RelayLocation, ours: string): Verdict {
  const { version, startedAtMs } = location;
  if (startedAtMs !== undefined) return skipped('a local run is of this checkout');
  if (version === ours) return ok(version);
  return warn(
    `deployed ${version ?? 'before it was told'}, this command ${ours}`,
    'use the checkout that was deployed, or deploy this one: npx cdk diff',
  );
}

export interface RelayChecks {
  readonly relay: Pick<Relay, 'location' | 'services'>;
  readonly getStatus: GetStatus;
  readonly now: Clock;
  readonly version: string;
}

/** What concerns all routes at once. */
export function examineRelay({ relay, getStatus, now, version }: RelayChecks): readonly Promise<Finding>[] {
  const { location, services } = relay;
  return [
    examine('version', async () => compareVersions(location, version)),
    examine('ingest', () => reach(healthUrl(location), getStatus, now)),
    examine('spill', async () => {
      const spilled = await services.countSpilled();
      const many = spilled === 1_000 ? '1,000 or more webhooks' : count(spilled, 'webhook');
      return spilled === 0
        ? ok('empty')
        : warn(
            `${many} not on a queue yet`,
            'the sweeper brings them within a minute of SQS taking them again; else see its logs',
          );
    }),
    examine('alarms', async () => {
      if (location.startedAtMs !== undefined) return skipped('a local run has none');
      const { total, inAlarm } = await services.alarms();
      if (total === 0) return warn('there are none', 'npx cdk deploy');
      if (inAlarm.length === 0) return ok(`none of ${total} in ALARM`);
      const headings = [...new Set(inAlarm.map((name) => `"${name.split('/').at(-1)}"`))].join(', ');
      return fail(`in ALARM: ${inAlarm.join(', ')}`, `docs/runbook.md, ${headings}`);
    }),
  ];
}

function healthUrl({ routes }: RelayLocation): string {
  const [first] = routes.values();
  return (first?.ingestUrl ?? '').replace(/\/webhooks\/[^/]*$/, '/health');
}

async function reach(url: string, getStatus: GetStatus, now: Clock): Promise<Verdict> {
  const startedAtMs = now();
  const status = await getStatus(url).catch(reasonOfFetch);
  if (status === 200) return ok(`GET /health answers 200 in ${now() - startedAtMs} ms`);
  if (typeof status === 'number') {
    return fail(`GET ${url} answers ${status}`, 'see the logs of the ingest function; was the API changed by hand?');
  }
  return fail(`GET ${url}: ${status}`, 'is there a way from here to the internet? Was the API deleted?');
}
