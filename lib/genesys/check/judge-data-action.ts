import type { DataAction } from '../org/data-actions.ts';
import type { Integration } from '../org/integrations.ts';
import { type Aim, compareEndpoint } from './compare-endpoint.ts';
import type { Entrance } from './entrance.ts';
import type { Finding } from './finding.ts';
import { judgeEndpoint } from './judge-endpoint.ts';
import { judgeHeader } from './judge-header.ts';
import { judgeIntegration } from './judge-integration.ts';
import { judgeRoute } from './judge-route.ts';
import type { KnownSecret } from './known-secret.ts';

/** A data action, and what there is to say about it. */
export interface JudgedDataAction {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string;
  readonly status: string;
  readonly aim: Aim;
  readonly findings: readonly Finding[];
}

const admin = 'Admin, Integrations, Actions';

/**
 * @param integration that the action belongs to; undefined when it could not be read
 * @param secretOf of a route that something points at
 */
export function judgeDataAction(
  action: DataAction,
  integration: Integration | undefined,
  entrances: readonly Entrance[],
  secretOf: (route: string) => KnownSecret,
): JudgedDataAction {
  const { id, name, urlTemplate: endpoint } = action;
  const aim = compareEndpoint(endpoint, entrances);
  const judged = { id, name, endpoint, status: integration?.reportedState?.code ?? 'unknown', aim };
  const entrance = aim.kind === 'here' ? entrances.find(({ route }) => route === aim.route) : undefined;
  if (entrance === undefined) {
    return {
      ...judged,
      findings: judgeEndpoint(aim, entrances, (url) => `set the URL to ${url} in ${admin}, and publish`),
    };
  }
  const findings = [
    ...(integration === undefined ? [] : judgeIntegration(integration)),
    ...judgeRequest(action, entrance, secretOf(entrance.route)),
  ];
  return { ...judged, findings };
}

function judgeRequest(action: DataAction, entrance: Entrance, secret: KnownSecret): readonly Finding[] {
  const { method, headers, bodyTemplate } = action;
  const { route, verify } = entrance;
  const findings: Finding[] = [];
  if (method !== 'POST') {
    const message = `it sends ${method === '' ? 'no POST' : method}, and the relay takes POST only`;
    findings.push({ severity: 'problem', code: 'not-a-post', message, next: `choose POST in ${admin}, and publish` });
  }
  findings.push(...judgeRoute(entrance));
  if (verify?.kind === 'open-messaging' || verify?.kind === 'hmac-sha256' || verify?.kind === 'standard-webhooks') {
    const message = `route ${route} verifies ${verify.kind}, and a data action cannot sign: refused with 401`;
    const next = `give data actions a route of their own with verify: { kind: 'header', header: 'x-relay-key' }`;
    findings.push({ severity: 'problem', code: 'verification-unfit', message, next });
  }
  findings.push(...judgeHeader(headers, entrance, secret, `the data action (${admin}), and publish`));
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const hasId = names.includes('webhook-id') || names.includes('idempotency-key') || /"dedupeKey"/.test(bodyTemplate);
  if (!hasId) {
    findings.push({
      severity: 'note',
      code: 'no-event-id',
      message: 'it sends neither a header webhook-id nor a dedupeKey: repeats are known by their bytes only',
      next: 'see docs/genesys.md, Data actions',
    });
  }
  return findings;
}
