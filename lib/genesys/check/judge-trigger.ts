import type { Trigger } from '../org/triggers.ts';
import type { Finding } from './finding.ts';
import type { JudgedDataAction } from './judge-data-action.ts';

/** A trigger, the data actions that its workflow calls, and what there is to say about it. */
export interface JudgedTrigger {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly status: 'enabled' | 'disabled';
  readonly workflowId: string | undefined;
  /** Known for one that calls a data action with an address of its own. */
  readonly workflowName: string | undefined;
  /** Those that call an address of their own; undefined when it could not be told. */
  readonly dataActions: readonly Pick<JudgedDataAction, 'id' | 'name' | 'aim'>[] | undefined;
  /** The routes that its events come to. */
  readonly routes: readonly string[];
  readonly findings: readonly Finding[];
}

/** What is known of workflows. */
export interface Workflows {
  readonly nameOf: (workflowId: string) => string | undefined;
  /** The data actions that it calls; undefined when it could not be told. */
  readonly actionsOf: (workflowId: string) => readonly JudgedDataAction[] | undefined;
}

export function judgeTrigger(trigger: Trigger, { nameOf, actionsOf }: Workflows): JudgedTrigger {
  const { id, name, topicName: topic, enabled } = trigger;
  const workflowId = trigger.target?.id;
  const dataActions = workflowId === undefined ? [] : actionsOf(workflowId);
  const routes = (dataActions ?? []).flatMap(({ aim }) => (aim.kind === 'here' ? [aim.route] : []));
  return {
    id,
    name,
    topic,
    status: enabled ? 'enabled' : 'disabled',
    workflowId,
    workflowName: workflowId === undefined ? undefined : nameOf(workflowId),
    dataActions: dataActions?.map(({ id, name, aim }) => ({ id, name, aim })),
    routes: [...new Set(routes)],
    findings: routes.length === 0 ? [] : judgeState(trigger),
  };
}

function judgeState({ enabled, eventTTLSeconds }: Trigger): readonly Finding[] {
  const findings: Finding[] = [];
  if (!enabled) {
    findings.push({
      severity: 'problem',
      code: 'not-enabled',
      message: 'it is switched off, and starts no workflow',
      next: 'switch it on in Admin, Architect, Triggers',
    });
  }
  if (eventTTLSeconds !== undefined) {
    findings.push({
      severity: 'note',
      code: 'drops-late-events',
      message: `Genesys drops an event that it is more than ${eventTTLSeconds} s late with`,
      next: 'leave out the time to live, unless a late event is worth nothing',
    });
  }
  return findings;
}
