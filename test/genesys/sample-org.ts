import type { Models } from 'purecloud-platform-client-v2';
import type { Entrance } from '../../lib/genesys/check/entrance.ts';
import type { KnownSecret } from '../../lib/genesys/check/known-secret.ts';
import type { OrgContents } from './stand-in-org.ts';

const host = 'https://abc123.execute-api.eu-central-1.amazonaws.com';

export const ingestUrls = {
  'open-messaging': `${host}/webhooks/open-messaging`,
  'platform-events': `${host}/webhooks/platform-events`,
} as const;

export const routeSecret = 'TheSecretThatTheRouteAndGenesysShareIsThisLongOk';

/** A relay of two routes: one for Open Messaging, one for data actions. */
export const entrances: readonly Entrance[] = [
  {
    route: 'open-messaging',
    ingestUrl: ingestUrls['open-messaging'],
    secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:open-messaging',
    verify: { kind: 'open-messaging' },
    flags: '',
  },
  {
    route: 'platform-events',
    ingestUrl: ingestUrls['platform-events'],
    secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:platform-events',
    verify: { kind: 'header', header: 'x-relay-key', prefix: '' },
    eventSourceName: 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/ingest-prod',
    flags: '',
  },
];

export const secretsKnown = async (): Promise<KnownSecret> => ({
  kind: 'known',
  current: routeSecret,
  previous: 'TheOneBefore',
});

/** An Open Messaging integration as Genesys lists it: without its secret. */
export function openIntegration(fields: Partial<Models.OpenIntegration> = {}): Models.OpenIntegration {
  return {
    id: 'b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11',
    name: 'Acme Open Channel',
    outboundNotificationWebhookUrl: ingestUrls['open-messaging'],
    outboundNotificationWebhookSignatureSecretToken: 'is not given back',
    status: 'Active',
    createStatus: 'Completed',
    supportedContent: { id: 'content-1' },
    messagingSetting: { id: 'setting-1' },
    ...fields,
  };
}

export function trigger(fields: Partial<Models.Trigger> = {}): Models.Trigger {
  return {
    id: '7c2b9f10-0000-4a4a-9b9b-123456789abc',
    name: 'ingest customer.end',
    topicName: 'v2.detail.events.conversation.{id}.customer.end',
    target: {
      type: 'Workflow',
      id: 'd1e2f3a4-0000-4b4b-8c8c-abcdefabcdef',
      workflowTargetSettings: { dataFormat: 'Json' },
    },
    version: 3,
    enabled: true,
    matchCriteria: [],
    ...fields,
  };
}

export function dataAction(
  request: Partial<Models.RequestConfig> = {},
  fields: Partial<Models.Action> = {},
): Models.Action {
  return {
    id: 'custom_-_post-to-relay',
    name: 'Post to relay',
    integrationId: 'web-services-1',
    category: 'Web Services Data Actions',
    config: {
      timeoutSeconds: 10,
      request: {
        requestUrlTemplate: ingestUrls['platform-events'],
        requestType: 'POST',
        requestTemplate: `{"dedupeKey":"\${input.dedupeKey}","event":\${input.event}}`,
        headers: { 'x-relay-key': `\${credentials.relayKey}`, 'webhook-id': `\${input.dedupeKey}` },
        ...request,
      },
    },
    ...fields,
  };
}

export function integration(id: string, type: string, code = 'ACTIVE', message?: string): Models.Integration {
  return {
    id,
    name: id,
    integrationType: { id: type },
    intendedState: 'ENABLED',
    reportedState: { code, ...(message === undefined ? {} : { detail: { message } }) },
  };
}

export const eventBridgeConfiguration: Models.IntegrationConfiguration = {
  id: 'bridge-1',
  name: 'Ingest by bus',
  version: 2,
  properties: {
    awsAccountId: '111122223333',
    awsAccountRegion: 'eu-central-1',
    eventSourceSuffix: 'ingest-prod',
    flags: '',
    eventFilter: ['v2.audits.entitytype.{id}.entityid.{id}', 'v2.detail.events.conversation.{id}.acd.start'],
  },
  advanced: {},
  notes: '',
  credentials: {},
};

/** Everything points at the relay, and is as it should be. */
export function healthyOrg(): OrgContents {
  return {
    openIntegrations: [openIntegration()],
    triggers: [trigger()],
    actions: [
      dataAction(),
      dataAction(
        { requestUrlTemplate: '/api/v2/users/me', requestType: 'GET' },
        { id: 'static_-_me', name: 'Who am I' },
      ),
    ],
    integrations: [
      integration('web-services-1', 'custom-rest-actions'),
      integration('bridge-1', 'amazon-eventbridge-source'),
    ],
    configurations: { 'bridge-1': eventBridgeConfiguration },
    consumers: {
      'custom_-_post-to-relay': [
        { id: 'd1e2f3a4-0000-4b4b-8c8c-abcdefabcdef', name: 'Post event', type: 'WORKFLOW', version: '4.0' },
      ],
    },
    ipRanges: [],
  };
}
