import { describeFailure, nextStep } from '../connection/genesys-failure.ts';
import type { GenesysRegion } from '../connection/region.ts';
import type { Aim } from './compare-endpoint.ts';
import type { Entrance } from './entrance.ts';
import type { Finding, Section } from './finding.ts';
import type { Summary } from './sum-up.ts';
import type { Stock } from './take-stock.ts';

export interface CheckResult {
  readonly region: GenesysRegion;
  /** Of the relay, for people. */
  readonly relay: string;
  readonly entrances: readonly Entrance[];
  readonly stock: Stock;
  readonly summary: Summary;
}

/** What `relay genesys check --json` prints. Stable, and described in docs/genesys.md. */
export function checkDocument({ region, relay, entrances, stock, summary }: CheckResult) {
  return {
    ok: summary.ok,
    problems: summary.problems,
    notes: summary.notes,
    findings: summary.findings.map(findingDocument),
    genesys: { host: region.host, awsRegion: region.awsRegion },
    relay: { description: relay, routes: entrances.map(({ route, ingestUrl }) => ({ route, ingestUrl })) },
    openMessaging: sectionDocument(stock.openMessaging, ({ aim, ...integration }) => ({
      id: integration.id,
      name: integration.name,
      endpoint: integration.endpoint ?? null,
      events: 'messages, typing events and receipts of the integration',
      status: integration.status,
      ...aimDocument(aim),
      findings: integration.findings.map(findingDocument),
    })),
    triggers: sectionDocument(stock.triggers, (trigger) => ({
      id: trigger.id,
      name: trigger.name,
      topic: trigger.topic,
      status: trigger.status,
      workflowId: trigger.workflowId ?? null,
      workflowName: trigger.workflowName ?? null,
      dataActions: trigger.dataActions?.map(({ id, name, aim }) => ({ id, name, ...aimDocument(aim) })) ?? null,
      routes: trigger.routes,
      findings: trigger.findings.map(findingDocument),
    })),
    dataActions: sectionDocument(stock.dataActions, ({ aim, ...action }) => ({
      id: action.id,
      name: action.name,
      endpoint: action.endpoint,
      status: action.status,
      ...aimDocument(aim),
      findings: action.findings.map(findingDocument),
    })),
    callers: { looked: stock.callers.looked, problem: problemDocument(stock.callers) },
    eventBridge: sectionDocument(stock.eventBridge, (bridge) => ({
      id: bridge.id,
      name: bridge.name,
      awsAccountId: bridge.awsAccountId ?? null,
      awsRegion: bridge.awsRegion ?? null,
      sourceSuffix: bridge.sourceSuffix ?? null,
      topics: bridge.topics,
      status: bridge.status,
      aim: bridge.aim,
      routes: bridge.routes,
      findings: bridge.findings.map(findingDocument),
    })),
  };
}

function sectionDocument<Item, Document>(section: Section<Item>, document: (item: Item) => Document) {
  const items = section.looked ? section.items.map(document) : [];
  return { looked: section.looked, problem: problemDocument(section), items };
}

function problemDocument(section: Section<unknown>) {
  if (section.looked) return null;
  const { failure } = section;
  const permissions = failure.kind === 'permission-missing' ? failure.permissions : [];
  return { kind: failure.kind, permissions, message: describeFailure(failure), next: nextStep(failure) };
}

function aimDocument(aim: Aim) {
  return { aim: aim.kind, route: aim.kind === 'elsewhere' ? null : (aim.route ?? null) };
}

function findingDocument({ severity, code, message, next }: Finding) {
  return { severity, code, message, next: next ?? null };
}
