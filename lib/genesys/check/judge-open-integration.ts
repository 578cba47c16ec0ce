import { relayCommand } from '../../operator/connection/relay-command.ts';
import type { OpenIntegration } from '../org/open-integrations.ts';
import { type Aim, compareEndpoint } from './compare-endpoint.ts';
import type { Entrance } from './entrance.ts';
import type { Finding } from './finding.ts';
import { judgeEndpoint } from './judge-endpoint.ts';
import { judgeHeader, notCompared } from './judge-header.ts';
import { judgeRoute } from './judge-route.ts';
import { compareSecret, type KnownSecret } from './known-secret.ts';

/** An Open Messaging integration, and what there is to say about it. */
export interface JudgedOpenIntegration {
  readonly id: string;
  readonly name: string;
  readonly endpoint: string | undefined;
  readonly status: string;
  readonly aim: Aim;
  readonly findings: readonly Finding[];
}

/** @param secretOf of a route that something points at */
export function judgeOpenIntegration(
  integration: OpenIntegration,
  entrances: readonly Entrance[],
  secretOf: (route: string) => KnownSecret,
): JudgedOpenIntegration {
  const { id, name, outboundNotificationWebhookUrl: endpoint } = integration;
  const aim = compareEndpoint(endpoint ?? '', entrances);
  const entrance = aim.kind === 'here' ? entrances.find(({ route }) => route === aim.route) : undefined;
  const fix = (url: string) => {
    const at = entrances.find(({ ingestUrl }) => ingestUrl === url) ?? { route: 'ROUTE', flags: '' };
    return `it should be ${url}: \`${connectCommand(at, id)}\` sets it`;
  };
  const judged = { id, name, endpoint, status: statusOf(integration), aim };
  const atEndpoint = judgeEndpoint(aim, entrances, fix);
  if (entrance === undefined) return { ...judged, findings: atEndpoint };
  const verification = judgeVerification(integration, entrance, secretOf(entrance.route));
  return { ...judged, findings: [...judgeState(integration), ...judgeRoute(entrance), ...verification] };
}

function connectCommand(entrance: Pick<Entrance, 'route' | 'flags'>, id: string): string {
  return relayCommand(entrance, 'genesys connect', entrance.route, '--integration', id);
}

function statusOf({ status, createStatus }: OpenIntegration): string {
  if (createStatus !== undefined && createStatus !== 'Completed') return `creation: ${createStatus}`;
  return status ?? 'unknown';
}

function judgeState({ createStatus, createError, status }: OpenIntegration): readonly Finding[] {
  if (createStatus === 'Error') {
    const reason = createError?.message ?? createError?.code ?? 'without a reason';
    return [
      {
        severity: 'problem',
        code: 'create-failed',
        message: `Genesys could not create it (${reason}), and posts nothing for it`,
        next: 'mend what it says, delete the integration (Admin, Message, Platforms) and add it anew',
      },
    ];
  }
  if (createStatus === 'Initiated') {
    const message = 'Genesys is still creating it';
    return [{ severity: 'note', code: 'create-unfinished', message, next: 'run this again in a minute' }];
  }
  if (status !== undefined && status.toLowerCase() !== 'active') {
    const next = 'see what it says in Admin, Message, Platforms';
    return [{ severity: 'problem', code: 'not-active', message: `its status is ${status}, not active`, next }];
  }
  return [];
}

function judgeVerification(
  { id, webhookHeaders = {}, outboundNotificationWebhookSignatureSecretToken: token }: OpenIntegration,
  entrance: Entrance,
  secret: KnownSecret,
): readonly Finding[] {
  const { route, verify } = entrance;
  const connect = `\`${connectCommand(entrance, id)}\` sets it`;
  switch (verify?.kind) {
    case 'header':
    case 'basic':
      return judgeHeader(webhookHeaders, entrance, secret, 'the integration (webhookHeaders, by API only)');
    case 'hmac-sha256':
    case 'standard-webhooks': {
      const message = `route ${route} verifies ${verify.kind}, and Open Messaging signs in a way of its own: refused with 401`;
      const next = `set verify: { kind: 'open-messaging' } for the route, and deploy`;
      return [{ severity: 'problem', code: 'verification-unfit', message, next }];
    }
    default:
  }
  if (secret.kind !== 'known') return notCompared(secret, route);
  const compared = token === undefined ? 'masked' : compareSecret(token, secret);
  switch (compared) {
    case 'current':
      return [];
    case 'previous': {
      const message = 'its secret is the previous one of the route: let in until the next rotation';
      return [{ severity: 'note', code: 'secret-previous', message, next: `before that, ${connect}` }];
    }
    case 'other': {
      const message = `its secret is not that of route ${route}: refused with 401`;
      return [{ severity: 'problem', code: 'secret-differs', message, next: connect }];
    }
    case 'masked': {
      const message = 'Genesys does not give its secret back: whether it is the right one cannot be read';
      return [{ severity: 'note', code: 'secret-not-readable', message, next: `in case of doubt, ${connect}` }];
    }
  }
}
