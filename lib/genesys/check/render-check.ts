import { count, printable } from '../../operator/terminal/printable.ts';
import type { Paint } from '../../operator/terminal/terminal.ts';
import { describeFailure, nextStep } from '../connection/genesys-failure.ts';
import type { CheckResult } from './check-document.ts';
import type { Aim } from './compare-endpoint.ts';
import type { Finding, Section } from './finding.ts';
import type { JudgedEventBridge } from './judge-event-bridge.ts';
import type { JudgedTrigger } from './judge-trigger.ts';

interface Entry {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly lines: readonly string[];
  /** Whether it has to do with this relay. */
  readonly concerns: boolean;
  readonly findings: readonly Finding[];
}

/** The result for people: what there is, what is wrong with it, and what to do. */
export function renderCheck({ region, relay, entrances, stock, summary }: CheckResult, paint: Paint): string {
  const section = <Item>(title: string, found: Section<Item>, entry: (item: Item) => Entry) =>
    renderSection(title, found, entry, paint);
  const lines = [
    `Genesys Cloud in ${region.host} (${region.awsRegion}), as seen from ${relay}`,
    ...entrances.map(({ route, ingestUrl }) => `  route ${route}: ${ingestUrl}`),
    ...section('Open Messaging integrations', stock.openMessaging, ({ endpoint = 'no URL', aim, ...integration }) => ({
      ...integration,
      lines: [`${endpoint}  ${describeAim(aim)}`],
      concerns: aim.kind !== 'elsewhere',
    })),
    ...section('Triggers', stock.triggers, ({ topic, routes, ...trigger }) => ({
      ...trigger,
      lines: [topic, calls(trigger)],
      concerns: routes.length > 0,
    })),
    ...(stock.callers.looked ? [] : notLooked('which workflow calls which data action', stock.callers.failure, paint)),
    ...section('Data actions with an address of their own', stock.dataActions, ({ endpoint, aim, ...action }) => ({
      ...action,
      lines: [`${endpoint}  ${describeAim(aim)}`],
      concerns: aim.kind !== 'elsewhere',
    })),
    ...section('EventBridge integrations', stock.eventBridge, ({ endpoint, topics, routes, aim, ...bridge }) => ({
      ...bridge,
      lines: [
        `${endpoint}  ${routes.length > 0 ? `to ${routesText(routes)}` : describeAccount(aim)}`,
        topicsText(topics),
      ],
      concerns: aim === 'here',
    })),
    '',
    ...summary.findings.flatMap((finding) => renderFinding(finding, '', paint)),
    verdict(summary, paint),
  ];
  return lines.join('\n');
}

function renderSection<Item>(
  title: string,
  section: Section<Item>,
  entry: (item: Item) => Entry,
  paint: Paint,
): readonly string[] {
  if (!section.looked) return ['', ...notLooked(title, section.failure, paint)];
  const entries = section.items.map(entry);
  // What is of this relay comes first: an organization can have dozens that are not.
  const sorted = [...entries.filter(({ concerns }) => concerns), ...entries.filter(({ concerns }) => !concerns)];
  return ['', paint('bold', `${title}: ${entries.length}`), ...sorted.flatMap((each) => renderEntry(each, paint))];
}

function renderEntry({ name, id, status, lines, concerns, findings }: Entry, paint: Paint): readonly string[] {
  const text = (line: string) => (concerns ? printable(line) : paint('dim', printable(line)));
  return [
    `  ${text(`${name}  ${id}  ${status}`)}`,
    ...lines.map((line) => `    ${text(line)}`),
    ...findings.flatMap((finding) => renderFinding(finding, '    ', paint)),
  ];
}

function renderFinding({ severity, message, next }: Finding, indent: string, paint: Paint): readonly string[] {
  const label = severity === 'problem' ? paint('red', 'problem:') : paint('yellow', 'note:');
  const lines = [`${indent}${label} ${printable(message)}`];
  return next === undefined ? lines : [...lines, `${indent}  → ${printable(next)}`];
}

function notLooked(what: string, failure: Parameters<typeof describeFailure>[0], paint: Paint): readonly string[] {
  const problem = `${paint('red', 'problem:')} ${what} could not be seen: ${describeFailure(failure)}`;
  return [problem, `  → ${nextStep(failure)}`];
}

function describeAim(aim: Aim): string {
  switch (aim.kind) {
    case 'here':
      return `to route ${aim.route}`;
    case 'beside':
      return aim.flaw === 'templated' ? 'perhaps this relay' : 'misses this relay';
    case 'elsewhere':
      return 'elsewhere';
  }
}

function describeAccount(aim: JudgedEventBridge['aim']): string {
  switch (aim) {
    case 'here':
      return "in this relay's account, to no route";
    case 'elsewhere':
      return 'elsewhere';
    case 'unknown':
      return 'whether that is of this relay cannot be told';
  }
}

function calls({ workflowId, workflowName, dataActions }: Omit<JudgedTrigger, 'topic' | 'routes'>): string {
  if (workflowId === undefined) return 'starts no workflow';
  const workflow = `workflow ${workflowName ?? workflowId}`;
  if (dataActions === undefined) return `${workflow}: what it calls cannot be told`;
  if (dataActions.length === 0) return `${workflow} calls no data action with an address of its own`;
  return `${workflow} calls ${dataActions.map(({ name, aim }) => `${name} (${describeAim(aim)})`).join(', ')}`;
}

function routesText(routes: readonly string[]): string {
  return `route ${routes.join(', ')}`;
}

function topicsText(topics: readonly string[]): string {
  if (topics.length <= 3) return topics.length === 0 ? 'no topics known' : topics.join(', ');
  return `${topics.slice(0, 3).join(', ')} and ${topics.length - 3} more`;
}

function verdict({ ok, problems, notes }: CheckResult['summary'], paint: Paint): string {
  if (ok) return paint('green', `nothing is wrong that could be seen${notes === 0 ? '' : `; ${count(notes, 'note')}`}`);
  return paint('red', `${count(problems, 'problem')}, ${count(notes, 'note')}`);
}
