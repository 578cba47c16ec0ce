import type { CallGenesys } from '../connection/call-genesys.ts';
import { GenesysError, type GenesysFailure } from '../connection/genesys-failure.ts';
import { listCallers } from '../org/callers.ts';
import { type DataAction, listDataActions } from '../org/data-actions.ts';
import { type Integration, listEventBridges, readIntegration } from '../org/integrations.ts';
import { listOpenIntegrations } from '../org/open-integrations.ts';
import { listTriggers } from '../org/triggers.ts';
import { compareEndpoint } from './compare-endpoint.ts';
import type { Entrance } from './entrance.ts';
import type { Section } from './finding.ts';
import { type JudgedDataAction, judgeDataAction } from './judge-data-action.ts';
import { type JudgedEventBridge, judgeEventBridge, type RelayAccount } from './judge-event-bridge.ts';
import { type JudgedOpenIntegration, judgeOpenIntegration } from './judge-open-integration.ts';
import { type JudgedTrigger, judgeTrigger } from './judge-trigger.ts';
import type { KnownSecret } from './known-secret.ts';

/** Everything in an organization that can send to a relay, as seen from one. */
export interface Stock {
  readonly openMessaging: Section<JudgedOpenIntegration>;
  readonly dataActions: Section<JudgedDataAction>;
  readonly triggers: Section<JudgedTrigger>;
  /** Which workflow calls which data action: the link between the two. */
  readonly callers: Section<never>;
  readonly eventBridge: Section<JudgedEventBridge>;
}

export interface StockTools {
  readonly call: CallGenesys;
  readonly entrances: readonly Entrance[];
  readonly readSecret: (entrance: Entrance) => Promise<KnownSecret>;
  readonly account: () => Promise<RelayAccount | undefined>;
  readonly progress: (text: string) => void;
}

/**
 * Looks at everything in an organization that can send to a relay. What the OAuth client may not see is left out, and
 * said to be; what makes all of it impossible ends the look.
 *
 * @throws GenesysError when Genesys cannot be reached, or refuses the client
 */
export async function takeStock(tools: StockTools): Promise<Stock> {
  const { call, entrances, progress } = tools;
  progress('looking at Open Messaging integrations');
  const open = await unlessRefused(() => listOpenIntegrations(call));
  progress('looking at data actions');
  const actions = await unlessRefused(() => listDataActions(call));
  const integrations = await readIntegrations(call, itemsOf(actions));
  const callers = await findCallers(tools, itemsOf(actions));
  progress('looking at triggers');
  const triggers = await unlessRefused(() => listTriggers(call));
  progress('looking at EventBridge integrations');
  const bridges = await unlessRefused(() => listEventBridges(call));
  const account = itemsOf(bridges).length === 0 ? undefined : await tools.account();

  const endpoints = [
    ...itemsOf(open).map(({ outboundNotificationWebhookUrl }) => outboundNotificationWebhookUrl ?? ''),
    ...itemsOf(actions).map(({ urlTemplate }) => urlTemplate),
  ];
  const secretOf = await readSecrets(tools, endpoints);
  progress('');

  const dataActions = judged(actions, (action) =>
    judgeDataAction(action, integrations.get(action.integrationId ?? ''), entrances, secretOf),
  );
  const workflows = {
    nameOf: (workflowId: string) => callers.workflowNames.get(workflowId),
    actionsOf: (workflowId: string) =>
      callers.section.looked && dataActions.looked
        ? dataActions.items.filter(({ id }) => callers.workflowsOf.get(id)?.has(workflowId) === true)
        : undefined,
  };
  return {
    openMessaging: judged(open, (integration) => judgeOpenIntegration(integration, entrances, secretOf)),
    dataActions,
    triggers: judged(triggers, (trigger) => judgeTrigger(trigger, workflows)),
    callers: callers.section,
    eventBridge: judged(bridges, (bridge) => judgeEventBridge(bridge, entrances, account)),
  };
}

/** After these, everything else would fail in the same way. */
const fatal: ReadonlySet<GenesysFailure['kind']> = new Set([
  'login-refused',
  'token-refused',
  'rate-limited',
  'unreachable',
]);

/** A missing permission, as anything that concerns one list only, is a finding like another. */
async function unlessRefused<Item>(list: () => Promise<readonly Item[]>): Promise<Section<Item>> {
  try {
    return { looked: true, items: await list() };
  } catch (error) {
    if (!(error instanceof GenesysError) || fatal.has(error.failure.kind)) throw error;
    return { looked: false, failure: error.failure };
  }
}

function itemsOf<Item>(section: Section<Item>): readonly Item[] {
  return section.looked ? section.items : [];
}

function judged<Item, Judged>(section: Section<Item>, judge: (item: Item) => Judged): Section<Judged> {
  return section.looked ? { looked: true, items: section.items.map(judge) } : section;
}

/** The integrations that data actions belong to: one that is switched off fails their calls. */
async function readIntegrations(
  call: CallGenesys,
  actions: readonly DataAction[],
): Promise<ReadonlyMap<string, Integration>> {
  const ids = new Set(actions.flatMap(({ integrationId }) => integrationId ?? []));
  const found = new Map<string, Integration>();
  for (const id of ids) {
    const read = await unlessRefused(async () => [await readIntegration(call, id)]);
    for (const integration of itemsOf(read)) found.set(id, integration);
  }
  return found;
}

async function findCallers({ call, progress }: StockTools, actions: readonly DataAction[]) {
  const workflowsOf = new Map<string, ReadonlySet<string>>();
  const workflowNames = new Map<string, string>();
  for (const [index, { id }] of actions.entries()) {
    progress(`asking which workflows call data actions: ${index + 1} of ${actions.length}`);
    const callers = await unlessRefused(() => listCallers(call, id));
    if (!callers.looked) return { section: callers, workflowsOf, workflowNames };
    workflowsOf.set(id, new Set(callers.items.map((caller) => caller.id)));
    for (const caller of callers.items) workflowNames.set(caller.id, caller.name);
  }
  const section: Section<never> = { looked: true, items: [] };
  return { section, workflowsOf, workflowNames };
}

/** Reads the secrets of the routes that something points at, and of no other. */
async function readSecrets({ entrances, readSecret }: StockTools, endpoints: readonly string[]) {
  const secrets = new Map<string, KnownSecret>();
  for (const endpoint of endpoints) {
    const aim = compareEndpoint(endpoint, entrances);
    const entrance = entrances.find(({ route }) => aim.kind === 'here' && route === aim.route);
    if (entrance === undefined || secrets.has(entrance.route)) continue;
    secrets.set(entrance.route, await readSecret(entrance));
  }
  return (route: string): KnownSecret => secrets.get(route) ?? { kind: 'none' };
}
