import { afterEach, describe, expect, test } from '@jest/globals';
import type { Finding } from '../../lib/genesys/check/finding.ts';
import type { RelayAccount } from '../../lib/genesys/check/judge-event-bridge.ts';
import { runCheck } from '../../lib/genesys/check/run-check.ts';
import { connectTo } from './connected-org.ts';
import { recordingTerminal } from './recording-terminal.ts';
import {
  dataAction,
  entrances,
  eventBridgeConfiguration,
  healthyOrg,
  ingestUrls,
  integration,
  openIntegration,
  routeSecret,
  secretsKnown,
  trigger,
} from './sample-org.ts';
import { forbidden, type OrgContents, paths, type StandInOrg, startStandInOrg } from './stand-in-org.ts';

let org: StandInOrg;
afterEach(() => org.stop());

const account: RelayAccount = {
  accountId: '111122223333',
  region: 'eu-central-1',
  eventSources: [
    { name: 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/ingest-prod', state: 'ACTIVE' },
  ],
};

interface Checked {
  readonly exitCode: number;
  readonly text: string;
}

async function check(seenFrom: Partial<Parameters<typeof runCheck>[1]> = {}): Promise<Checked> {
  const seen = recordingTerminal();
  const tools = { ...(await connectTo(org)), entrances, readSecret: secretsKnown, account: async () => account };
  const exitCode = await runCheck({ json: false }, { relay: 'stack Relay', ...tools, ...seenFrom }, seen.terminal);
  return { exitCode, text: seen.printed.join('\n') };
}

async function checkAsJson(seenFrom: Partial<Parameters<typeof runCheck>[1]> = {}) {
  const seen = recordingTerminal();
  const tools = { ...(await connectTo(org)), entrances, readSecret: secretsKnown, account: async () => account };
  const exitCode = await runCheck({ json: true }, { relay: 'stack Relay', ...tools, ...seenFrom }, seen.terminal);
  return { exitCode, document: JSON.parse(seen.printed.join('')) };
}

const orgWith = async (contents: Partial<OrgContents>) => {
  org = await startStandInOrg({ ...healthyOrg(), ...contents });
};

describe('a healthy organization', () => {
  test('is told in plain words', async () => {
    await orgWith({});
    const { exitCode, text } = await check();
    expect(exitCode).toBe(0);
    expect(text).toMatchSnapshot();
  });

  test('is told as JSON that does not change', async () => {
    await orgWith({});
    const { exitCode, document } = await checkAsJson();
    expect(exitCode).toBe(0);
    expect(document).toMatchSnapshot();
  });

  test('is looked at without changing it, and with one token', async () => {
    await orgWith({});
    await check();
    expect(org.requests.filter(({ method, path }) => method !== 'GET' && path !== paths.login)).toEqual([]);
    expect(org.sentTo(paths.login)).toHaveLength(1);
  });
});

describe('an organization that points elsewhere', () => {
  test('sends nothing here, and is told how to', async () => {
    await orgWith({
      openIntegrations: [openIntegration({ outboundNotificationWebhookUrl: 'https://crm.example.com/genesys' })],
      triggers: [],
      actions: [],
      integrations: [],
    });
    const { exitCode, text } = await check();
    expect(exitCode).toBe(1);
    expect(text).toContain('https://crm.example.com/genesys  elsewhere');
    expect(text).toContain(`\
problem: nothing in Genesys that could be seen points at this relay: no event will arrive
  → \`npx relay genesys connect open-messaging --integration ID\` points an Open Messaging integration at it; docs/genesys.md has the other ways
1 problem, 0 notes`);
  });

  test('at an earlier deployment of the relay is recognized by the path', async () => {
    await orgWith({
      openIntegrations: [
        openIntegration({
          outboundNotificationWebhookUrl: 'https://old.execute-api.eu-central-1.amazonaws.com/webhooks/open-messaging',
        }),
      ],
    });
    const { document } = await checkAsJson();
    expect(document.openMessaging.items[0]).toMatchObject({
      aim: 'elsewhere',
      route: null,
      findings: [
        { severity: 'note', code: 'url-other-host', next: expect.stringContaining(ingestUrls['open-messaging']) },
      ],
    });
    expect(document.findings).toEqual([expect.objectContaining({ code: 'route-unused' })]);
  });
});

describe('an Open Messaging integration', () => {
  test.each([
    ['http://abc123.execute-api.eu-central-1.amazonaws.com/webhooks/open-messaging', 'url-http'],
    [`${ingestUrls['open-messaging']}/`, 'url-trailing-slash'],
    ['https://abc123.execute-api.eu-central-1.amazonaws.com/webhooks/Open-Messaging', 'url-letter-case'],
    ['https://abc123.execute-api.eu-central-1.amazonaws.com/webhooks/open-mesaging', 'url-unknown-route'],
    ['https://abc123.execute-api.eu-central-1.amazonaws.com/open-messaging', 'url-other-path'],
    ['https://abc123.execute-api.eu-central-1.amazonaws.com:8443/webhooks/open-messaging', 'url-other-port'],
  ])('at %s misses the relay: %s', async (url, code) => {
    await orgWith({ openIntegrations: [openIntegration({ outboundNotificationWebhookUrl: url })] });
    const { exitCode, document } = await checkAsJson();
    expect(exitCode).toBe(1);
    expect(document.openMessaging.items[0]).toMatchObject({
      aim: 'beside',
      findings: [{ severity: 'problem', code, next: expect.stringContaining(ingestUrls['open-messaging']) }],
    });
  });

  test('that Genesys could not create is a problem, with the reason', async () => {
    const createError = { message: 'The supported content profile is not valid', code: 'invalid.profile', status: 400 };
    await orgWith({ openIntegrations: [openIntegration({ createStatus: 'Error', createError })] });
    const { exitCode, text } = await check();
    expect(exitCode).toBe(1);
    expect(text).toContain('Acme Open Channel  b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11  creation: Error');
    expect(text).toContain(`\
    problem: Genesys could not create it (The supported content profile is not valid), and posts nothing for it
      → mend what it says, delete the integration (Admin, Message, Platforms) and add it anew`);
  });

  test('that is still being created, or is not active, is told to be', async () => {
    await orgWith({
      openIntegrations: [
        openIntegration({ createStatus: 'Initiated' }),
        openIntegration({ id: 'second', status: 'inactive' }),
      ],
    });
    const { document } = await checkAsJson();
    const [first, second] = document.openMessaging.items;
    expect(first.findings[0]).toMatchObject({ severity: 'note', code: 'create-unfinished' });
    expect(second.findings[0]).toMatchObject({ severity: 'problem', code: 'not-active' });
  });

  test('has a secret that Genesys does not give back: said, with the way to set it', async () => {
    await orgWith({});
    const { text } = await check();
    expect(text).toContain(`\
    note: Genesys does not give its secret back: whether it is the right one cannot be read
      → in case of doubt, \`npx relay genesys connect open-messaging --integration b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11\` sets it`);
    expect(text).not.toContain(routeSecret);
  });

  test('at a route that verifies otherwise is refused by it', async () => {
    await orgWith({
      openIntegrations: [openIntegration({ outboundNotificationWebhookUrl: ingestUrls['platform-events'] })],
    });
    const missing = await checkAsJson();
    expect(missing.document.openMessaging.items[0].findings).toEqual([
      expect.objectContaining({ code: 'credential-missing', message: expect.stringContaining('x-relay-key') }),
    ]);
    org.contents.openIntegrations = org.contents.openIntegrations.map((each) => ({
      ...each,
      webhookHeaders: { 'X-Relay-Key': routeSecret },
    }));
    expect((await checkAsJson()).document.openMessaging.items[0].findings).toEqual([]);
  });

  test('at a route that takes the events of a bus only finds no way in', async () => {
    await orgWith({ openIntegrations: [openIntegration()] });
    const [openMessaging, platformEvents] = entrances;
    if (openMessaging === undefined || platformEvents === undefined) throw new Error('the sample relay has two routes');
    const { eventSourceName } = platformEvents;
    const busOnly = { route: openMessaging.route, ingestUrl: openMessaging.ingestUrl, eventSourceName, flags: '' };
    const readSecret = async () => ({ kind: 'none' as const });
    const { exitCode, document } = await checkAsJson({ entrances: [busOnly], readSecret });
    expect(exitCode).toBe(1);
    expect(document.openMessaging.items[0].findings).toMatchObject([{ severity: 'problem', code: 'no-way-in' }]);
  });

  test('is one of sixty, on three pages, and each is told', async () => {
    await orgWith({
      openIntegrations: Array.from({ length: 60 }, (_, index) =>
        openIntegration({ id: `integration-${index}`, name: `Channel ${index}` }),
      ),
    });
    const { document } = await checkAsJson();
    expect(document.openMessaging.items.map(({ id }: { id: string }) => id)).toEqual(
      Array.from({ length: 60 }, (_, index) => `integration-${index}`),
    );
    expect(org.sentTo(paths.openIntegrations)).toEqual(
      [1, 2, 3].map((pageNumber) => `${paths.openIntegrations}?pageSize=25&pageNumber=${pageNumber}`),
    );
  });
});

describe('triggers', () => {
  test('are read by cursor, to the last one', async () => {
    await orgWith({
      triggers: Array.from({ length: 450 }, (_, index) =>
        trigger({ id: `trigger-${index}`, name: `Trigger ${index}` }),
      ),
    });
    const { document } = await checkAsJson();
    expect(document.triggers.items.map(({ id }: { id: string }) => id)).toEqual(
      Array.from({ length: 450 }, (_, index) => `trigger-${index}`),
    );
    expect(org.sentTo(paths.triggers)).toHaveLength(3);
  });

  test('are told with the workflow and the data action behind them', async () => {
    await orgWith({});
    const { document } = await checkAsJson();
    expect(document.triggers.items[0]).toMatchObject({
      topic: 'v2.detail.events.conversation.{id}.customer.end',
      status: 'enabled',
      workflowName: 'Post event',
      dataActions: [{ name: 'Post to relay', aim: 'here', route: 'platform-events' }],
      routes: ['platform-events'],
      findings: [],
    });
  });

  test('that are switched off, or drop late events, are told to', async () => {
    await orgWith({ triggers: [trigger({ enabled: false, eventTTLSeconds: 60 })] });
    const { exitCode, document } = await checkAsJson();
    expect(exitCode).toBe(1);
    expect(document.triggers.items[0].findings).toMatchObject([
      { severity: 'problem', code: 'not-enabled', next: 'switch it on in Admin, Architect, Triggers' },
      { severity: 'note', code: 'drops-late-events', message: expect.stringContaining('60 s') },
    ]);
  });

  test('that lead to no data action at the relay leave the action without one', async () => {
    await orgWith({ consumers: {} });
    const { text } = await check();
    expect(text).toContain(
      'workflow d1e2f3a4-0000-4b4b-8c8c-abcdefabcdef calls no data action with an address of its own',
    );
    expect(text).toContain('note: no trigger leads to data action "Post to relay"');
  });
});

describe('a data action', () => {
  test.each([
    ['with another method', { requestType: 'PUT' }, 'not-a-post'],
    ['without the header', { headers: { 'webhook-id': 'x' } }, 'credential-missing'],
    ['with another secret', { headers: { 'x-relay-key': 'wrong', 'webhook-id': 'x' } }, 'credential-differs'],
    ['at a route for Open Messaging', { requestUrlTemplate: ingestUrls['open-messaging'] }, 'verification-unfit'],
  ])('%s is refused', async (_how, request, code) => {
    await orgWith({ actions: [dataAction(request)] });
    const { exitCode, document } = await checkAsJson();
    expect(exitCode).toBe(1);
    const problems = document.dataActions.items[0].findings.filter(({ severity }: Finding) => severity === 'problem');
    expect(problems).toEqual([expect.objectContaining({ code, next: expect.any(String) })]);
  });

  test('with a path that is put together may meet a route, or not', async () => {
    const requestUrlTemplate = `${ingestUrls['open-messaging']}\${input.x}`;
    await orgWith({ actions: [dataAction({ requestUrlTemplate })] });
    const { exitCode, document } = await checkAsJson();
    expect(exitCode).toBe(0);
    expect(document.dataActions.items[0]).toMatchObject({
      aim: 'beside',
      findings: [{ severity: 'note', code: 'url-templated' }],
    });
  });

  test('that says nothing of which event it is cannot be told from a repeat', async () => {
    await orgWith({
      actions: [dataAction({ headers: { 'x-relay-key': routeSecret }, requestTemplate: `\${input.rawRequest}` })],
    });
    const { exitCode, document } = await checkAsJson();
    expect(exitCode).toBe(0);
    expect(document.dataActions.items[0].findings).toMatchObject([{ severity: 'note', code: 'no-event-id' }]);
  });

  test('of an integration that is switched off is told to be', async () => {
    await orgWith({ integrations: [integration('web-services-1', 'custom-rest-actions', 'INACTIVE', 'switched off')] });
    const { document } = await checkAsJson();
    expect(document.dataActions.items[0].status).toBe('INACTIVE');
    expect(document.dataActions.items[0].findings).toContainEqual(
      expect.objectContaining({
        code: 'not-active',
        message: 'integration "web-services-1" is INACTIVE, not ACTIVE (switched off)',
      }),
    );
  });
});

describe('an EventBridge integration', () => {
  const pending = {
    ...account,
    eventSources: account.eventSources?.map((source) => ({ ...source, state: 'PENDING' })),
  };

  test.each([
    ['whose source is not bound yet', pending, 'source-pending'],
    ['whose source is gone', { ...account, eventSources: [] }, 'source-missing'],
  ])('%s loses its events', async (_how, seenFrom, code) => {
    await orgWith({});
    const { exitCode, document } = await checkAsJson({ account: async () => seenFrom });
    expect(exitCode).toBe(1);
    expect(document.eventBridge.items[0].findings).toEqual([expect.objectContaining({ severity: 'problem', code })]);
  });

  test('of another account is none of the relay', async () => {
    const properties = { ...eventBridgeConfiguration.properties, awsAccountId: '999999999999' };
    await orgWith({ configurations: { 'bridge-1': { ...eventBridgeConfiguration, properties } } });
    const { document } = await checkAsJson();
    expect(document.eventBridge.items[0]).toMatchObject({ aim: 'elsewhere', routes: [], findings: [] });
  });
});

describe('a missing permission', () => {
  test.each([
    ['openMessaging', paths.openIntegrations, 'messaging:integration:view'],
    ['triggers', paths.triggers, 'processautomation:trigger:view'],
    ['dataActions', paths.actions, 'integrations:action:view'],
    ['callers', paths.consumers, 'architect:dependencyTracking:view'],
    ['eventBridge', paths.integrations, 'integrations:integration:view'],
  ])('for %s is named, and the rest is told all the same', async (section, path, permission) => {
    await orgWith({});
    org.answerAlways(path, forbidden(permission));
    const { exitCode, document } = await checkAsJson();
    expect(exitCode).toBe(1);
    expect(document).toMatchObject({ ok: false, problems: 1 });
    expect(document[section]).toMatchObject({
      looked: false,
      problem: {
        kind: 'permission-missing',
        permissions: [permission],
        message: `the OAuth client's roles lack ${permission}`,
        next: expect.stringContaining('add the permission to a role'),
      },
    });
    const others = ['openMessaging', 'triggers', 'dataActions', 'eventBridge'].filter((name) => name !== section);
    expect(others.filter((name) => document[name].items.length > 0)).toEqual(others);
  });

  test('is told in plain words', async () => {
    await orgWith({});
    org.answerAlways(paths.openIntegrations, forbidden('messaging:integration:view'));
    expect((await check()).text).toContain(`\
problem: Open Messaging integrations could not be seen: the OAuth client's roles lack messaging:integration:view
  → add the permission to a role (Admin, Roles/Permissions), and the role to the OAuth client (Admin, Integrations, OAuth, its Roles tab)`);
  });
});

test('a secret that cannot be read is said not to be compared', async () => {
  await orgWith({});
  const readSecret = async () => ({ kind: 'not-read' as const, reason: 'AccessDeniedException' });
  const { exitCode, document } = await checkAsJson({ readSecret });
  expect(exitCode).toBe(0);
  expect(document.openMessaging.items[0].findings).toMatchObject([
    { severity: 'note', code: 'secret-not-compared', message: expect.stringContaining('AccessDeniedException') },
  ]);
});

test('a name with an escape sequence does not reach the terminal', async () => {
  await orgWith({ openIntegrations: [openIntegration({ name: 'evil\x1b[2Jname' })] });
  expect((await check()).text).toContain('evil\\x1b[2Jname');
});
