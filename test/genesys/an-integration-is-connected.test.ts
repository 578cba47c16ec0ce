import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Entrance } from '../../lib/genesys/check/entrance.ts';
import { type ConnectOptions, runConnect } from '../../lib/genesys/connect/run-connect.ts';
import { connectTo } from './connected-org.ts';
import { type RecordingTerminal, recordingTerminal } from './recording-terminal.ts';
import { entrances, ingestUrls, openIntegration, routeSecret } from './sample-org.ts';
import { forbidden, paths, type StandInOrg, startStandInOrg } from './stand-in-org.ts';

let org: StandInOrg;

const elsewhere = 'https://crm.example.com/genesys';
const id = 'b7d2f0a4-6c1e-4a53-9f0d-2f6f0f4f7a11';

beforeEach(async () => {
  org = await startStandInOrg({
    openIntegrations: [
      openIntegration({ outboundNotificationWebhookUrl: elsewhere, webhookHeaders: { 'x-tenant': 'acme' } }),
      openIntegration({ id: 'second', name: 'Twin' }),
      openIntegration({ id: 'third', name: 'twin' }),
    ],
  });
});
afterEach(() => org.stop());

const [openMessaging, platformEvents] = entrances;

async function connect(
  options: Partial<ConnectOptions>,
  seen: RecordingTerminal = recordingTerminal(),
  entrance: Entrance | undefined = openMessaging,
) {
  if (entrance === undefined) throw new Error('the sample relay has routes');
  const { call } = await connectTo(org);
  const all = { integration: id, url: undefined, yes: false, dryRun: false, json: false, ...options };
  const tools = { call, entrance, readSecret: async () => routeSecret, signal: new AbortController().signal };
  return { exitCode: await runConnect(all, tools, seen.terminal), ...seen };
}

const changes = () => org.requests.filter(({ method }) => method !== 'GET' && method !== 'POST');

describe('relay genesys connect', () => {
  test('shows the change, asks, and gives Genesys the URL and the secret', async () => {
    const { exitCode, printed, noted, asked } = await connect({}, recordingTerminal(true));
    expect(exitCode).toBe(0);
    expect(printed[0]).toBe(`\
Open Messaging integration "Acme Open Channel" (${id})
  URL     ${elsewhere}
       →  ${ingestUrls['open-messaging']}
  secret  the current one of route open-messaging, in place of the one that it has`);
    expect(noted).toEqual([`${elsewhere} gets nothing of it any more`]);
    expect(asked).toEqual(['change integration "Acme Open Channel"?']);

    const [patch] = changes();
    expect([patch?.method, patch?.path]).toEqual(['PATCH', `${paths.openIntegrations}/${id}`]);
    expect(JSON.parse(Buffer.from(patch?.body ?? []).toString())).toEqual({
      name: 'Acme Open Channel',
      supportedContent: { id: 'content-1' },
      messagingSetting: { id: 'setting-1' },
      outboundNotificationWebhookUrl: ingestUrls['open-messaging'],
      outboundNotificationWebhookSignatureSecretToken: routeSecret,
    });
  });

  test('never prints the secret', async () => {
    for (const options of [{}, { json: true, yes: true }, { dryRun: true }, { dryRun: true, json: true }]) {
      const seen = await connect(options, recordingTerminal(true));
      expect(seen.text()).not.toContain(routeSecret);
    }
  });

  test('changes nothing without a clear yes', async () => {
    const seen = recordingTerminal(false);
    expect((await connect({}, seen)).exitCode).toBe(1);
    expect(seen.noted.at(-1)).toBe('nothing was changed');
    await expect(connect({})).rejects.toThrow(
      'there is no terminal to confirm on: add --yes to change it, or --dry-run',
    );
    await expect(connect({ json: true })).rejects.toThrow('--json cannot ask');
    expect(changes()).toEqual([]);
  });

  test('with --dry-run shows the change and makes none', async () => {
    const { exitCode, printed } = await connect({ dryRun: true, json: true });
    expect(exitCode).toBe(0);
    expect(JSON.parse(printed.join(''))).toEqual({
      outcome: 'planned',
      integration: { id, name: 'Acme Open Channel' },
      route: 'open-messaging',
      urlBefore: elsewhere,
      url: ingestUrls['open-messaging'],
    });
    expect(changes()).toEqual([]);
  });

  test('finds an integration by its name, and says which there are', async () => {
    const { printed } = await connect({ integration: 'acme open channel', dryRun: true, json: true });
    expect(JSON.parse(printed.join('')).integration.id).toBe(id);
    await expect(connect({ integration: 'TWIN', dryRun: true })).rejects.toThrow(
      '2 Open Messaging integrations are named "TWIN": give an id, second, third',
    );
    await expect(connect({ integration: 'nope', dryRun: true })).rejects.toThrow(
      `there is no Open Messaging integration "nope": there is Acme Open Channel (${id}), Twin (second), twin (third)`,
    );
    org.contents.openIntegrations = [];
    await expect(connect({ dryRun: true })).rejects.toThrow(
      'the organization has no Open Messaging integration: add one',
    );
  });

  test('refuses a route that Open Messaging cannot get into, and a URL that Genesys cannot reach', async () => {
    const local = {
      ...openMessaging,
      route: 'main',
      ingestUrl: 'http://127.0.0.1:3000/webhooks/main',
      secretArn: 'arn',
      flags: '--local',
    };
    const nobody = recordingTerminal();
    await expect(connect({ yes: true }, nobody, platformEvents)).rejects.toThrow(
      'route "platform-events" verifies header',
    );
    await expect(connect({ yes: true }, nobody, { ...local, secretArn: undefined })).rejects.toThrow('has no secret');
    await expect(connect({ yes: true }, nobody, local)).rejects.toThrow(
      'Genesys posts to https and port 443 only, and cannot reach http://127.0.0.1:3000/webhooks/main: for a local relay, open a tunnel',
    );
    await expect(connect({ yes: true, url: 'https://t.example/' }, nobody, local)).rejects.toThrow(
      'must end with /webhooks/main',
    );
    const tunnel = 'https://t.example/webhooks/main';
    expect((await connect({ yes: true, url: tunnel }, recordingTerminal(), local)).exitCode).toBe(0);
    expect(org.contents.openIntegrations[0]?.outboundNotificationWebhookUrl).toBe(tunnel);
  });

  test('without the permission to edit says which', async () => {
    org.answer(`${paths.openIntegrations}/${id}`, forbidden('messaging:integration:edit'));
    await expect(connect({ yes: true })).rejects.toThrow(
      'could not change integration "Acme Open Channel": the OAuth client\'s roles lack messaging:integration:edit',
    );
  });

  test('is not done when Genesys kept something else', async () => {
    org.answer(`${paths.openIntegrations}/${id}`, { status: 200, body: openIntegration() });
    expect(await connect({ yes: true })).toMatchObject({
      exitCode: 1,
      noted: expect.arrayContaining(['Genesys dropped the headers x-tenant: set them again']),
    });
  });
});
