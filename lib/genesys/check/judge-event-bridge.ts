import type { EventBridgeIntegration } from '../org/integrations.ts';
import type { Entrance } from './entrance.ts';
import type { Finding } from './finding.ts';
import { judgeIntegration } from './judge-integration.ts';

/** A partner event source of the relay's account, as EventBridge names it. */
export interface EventSource {
  /** `aws.partner/genesys.com/cloud/ORGANIZATION/SUFFIX` */
  readonly name: string;
  /** `PENDING` until it is bound to an event bus; then `ACTIVE`. */
  readonly state: string;
}

/** The account and region of a relay; undefined for one that is not in AWS, or that is known by its URL only. */
export interface RelayAccount {
  readonly accountId: string;
  readonly region: string;
  /** Undefined when they could not be listed. */
  readonly eventSources: readonly EventSource[] | undefined;
}

/** An EventBridge integration, and what there is to say about it. */
export interface JudgedEventBridge {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string;
  readonly awsAccountId: string | undefined;
  readonly awsRegion: string | undefined;
  readonly sourceSuffix: string | undefined;
  readonly topics: readonly string[];
  readonly status: string;
  /** The routes that its events come to. */
  readonly routes: readonly string[];
  /** Whether it sends to the account and region of the relay; `unknown` for a relay that has none, as a local one. */
  readonly aim: 'here' | 'elsewhere' | 'unknown';
  readonly findings: readonly Finding[];
}

export function judgeEventBridge(
  bridge: EventBridgeIntegration,
  entrances: readonly Entrance[],
  account: RelayAccount | undefined,
): JudgedEventBridge {
  const { id, name, topics, awsAccountId, awsRegion, sourceSuffix } = bridge;
  const isHere = account !== undefined && awsAccountId === account.accountId && awsRegion === account.region;
  const ending = `/${sourceSuffix ?? ''}`;
  const fed = isHere
    ? entrances.filter(({ eventSourceName }) => eventSourceName?.endsWith(ending)).map(({ route }) => route)
    : [];
  return {
    id,
    name,
    endpoint: `account ${awsAccountId ?? 'unknown'}, ${awsRegion ?? 'unknown region'}, source …/${sourceSuffix ?? 'unknown'}`,
    awsAccountId,
    awsRegion,
    sourceSuffix,
    topics,
    status: bridge.reportedState?.code ?? 'unknown',
    routes: fed,
    aim: account === undefined ? 'unknown' : isHere ? 'here' : 'elsewhere',
    findings: isHere ? judge(bridge, ending, account) : [],
  };
}

function judge(bridge: EventBridgeIntegration, ending: string, account: RelayAccount): readonly Finding[] {
  const findings = [...judgeIntegration(bridge)];
  if (bridge.topics.length === 0) {
    const message = 'no topic of it is known: it may send nothing';
    findings.push({ severity: 'note', code: 'no-topics', message, next: 'choose topics in Admin, Integrations' });
  }
  if (account.eventSources === undefined) return findings;
  const source = account.eventSources.find(({ name }) => name.endsWith(ending));
  if (source === undefined) {
    findings.push({
      severity: 'problem',
      code: 'source-missing',
      message: `account ${account.accountId} has no partner event source that ends with ${ending}`,
      next: 'save the integration in Genesys again: it offers the source; one that is left pending for long is taken back',
    });
  } else if (source.state.toUpperCase() !== 'ACTIVE') {
    findings.push({
      severity: 'problem',
      code: 'source-pending',
      message: `partner event source ${source.name} is ${source.state}: until it is bound to a bus, its events are lost`,
      next: 'bind it: see docs/genesys.md, EventBridge',
    });
  }
  return findings;
}
