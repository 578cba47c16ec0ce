import { relayCommand } from '../../operator/connection/relay-command.ts';
import type { Aim } from './compare-endpoint.ts';
import type { Entrance } from './entrance.ts';
import type { Finding } from './finding.ts';
import type { Stock } from './take-stock.ts';

/** What it all comes to. */
export interface Summary {
  /** Whether events will arrive, as far as anything here can tell. */
  readonly ok: boolean;
  readonly problems: number;
  readonly notes: number;
  /** What is to be said of the relay as a whole. */
  readonly findings: readonly Finding[];
}

export function sumUp(stock: Stock, entrances: readonly Entrance[]): Summary {
  const { openMessaging, dataActions, triggers, callers, eventBridge } = stock;
  const sections = [openMessaging, dataActions, triggers, callers, eventBridge];
  const own = [...unusedRoutes(stock, entrances), ...unusedActions(stock)];
  const said = [...own, ...[openMessaging, dataActions, triggers, eventBridge].flatMap(findingsOf)];
  const problems = said.filter(({ severity }) => severity === 'problem').length;
  const unseen = sections.filter(({ looked }) => !looked).length;
  return {
    ok: problems === 0 && unseen === 0,
    problems: problems + unseen,
    notes: said.length - problems,
    findings: own,
  };
}

function findingsOf(section: Stock[Exclude<keyof Stock, 'callers'>]): readonly Finding[] {
  return section.looked ? section.items.flatMap(({ findings }) => findings) : [];
}

function unusedRoutes(stock: Stock, entrances: readonly Entrance[]): readonly Finding[] {
  const used = new Set([
    ...aimsOf(stock.openMessaging).map(routeOf),
    ...aimsOf(stock.dataActions).map(routeOf),
    ...(stock.eventBridge.looked ? stock.eventBridge.items.flatMap(({ routes }) => routes) : []),
  ]);
  const unused = entrances.filter(({ route }) => !used.has(route));
  if (unused.length === entrances.length) {
    const [first] = unused;
    const message = 'nothing in Genesys that could be seen points at this relay: no event will arrive';
    return [{ severity: 'problem', code: 'nothing-arrives', message, next: first && waysTo(first) }];
  }
  return unused.map((entrance) => ({
    severity: 'note',
    code: 'route-unused',
    message: `nothing in Genesys that could be seen points at route ${entrance.route}`,
    next: waysTo(entrance),
  }));
}

/** How to get events to a route, by the kind of senders that it is made for. */
function waysTo({ route, verify, eventSourceName, flags }: Entrance): string {
  if (verify?.kind === 'open-messaging' || (verify === undefined && eventSourceName === undefined)) {
    return `\`${relayCommand({ flags }, 'genesys connect', route, '--integration', 'ID')}\` points an Open Messaging integration at it; docs/genesys.md has the other ways`;
  }
  return `docs/genesys.md has the steps: ${verify === undefined ? 'EventBridge' : 'Data actions'}`;
}

/** A data action does nothing by itself. */
function unusedActions({ dataActions, triggers, callers }: Stock): readonly Finding[] {
  if (!dataActions.looked || !triggers.looked || !callers.looked) return [];
  const called = new Set(triggers.items.flatMap((trigger) => (trigger.dataActions ?? []).map(({ id }) => id)));
  return dataActions.items
    .filter(({ id, aim }) => aim.kind === 'here' && !called.has(id))
    .map(({ name }) => ({
      severity: 'note',
      code: 'no-trigger',
      message: `no trigger leads to data action "${name}": it is called by nothing, or by a flow, a bot or a script`,
      next: 'docs/genesys.md, Data actions, has a trigger that does',
    }));
}

function aimsOf(section: Stock['openMessaging'] | Stock['dataActions']): readonly Aim[] {
  return section.looked ? section.items.map(({ aim }) => aim) : [];
}

function routeOf(aim: Aim): string | undefined {
  return aim.kind === 'here' ? aim.route : undefined;
}
