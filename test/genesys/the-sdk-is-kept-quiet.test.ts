import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startEmulatedRelay } from '../operator/emulated-relay.ts';
import { serveReady } from '../operator/local-ready-server.ts';
import { relayCommand } from '../operator/relay-child-process.ts';
import { ingestUrls, openIntegration } from './sample-org.ts';
import { client, paths, rateLimited, type StandInOrg, startStandInOrg } from './stand-in-org.ts';

let org: StandInOrg;
let home: string;

beforeEach(async () => {
  org = await startStandInOrg({ openIntegrations: [openIntegration()] });
  home = await mkdtemp(join(tmpdir(), 'relay-home-'));
});
afterEach(() => org.stop());

const run = (...args: string[]) => relayCommand(['genesys', ...args], { ...org.env, HOME: home });
const check = (...args: string[]) => run('check', '--url', ingestUrls['open-messaging'], ...args);

describe('npx relay genesys check', () => {
  test('knows the relay by a URL, and says nothing of tokens', async () => {
    const { exitCode, stdout, stderr } = await check();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('to route open-messaging');
    expect(stdout).toContain('the secret of route open-messaging was not compared: only its URL was given');
    expect(stdout + stderr).not.toMatch(/that-nobody-may-see/);
  });

  test('prints one JSON document', async () => {
    const { exitCode, stdout } = await check('--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, relay: { description: 'the given URLs' } });
  });

  test("heeds no log that the SDK's own file asks for: it would hold secrets", async () => {
    const log = join(home, 'sdk.log');
    await mkdir(join(home, '.genesyscloudjavascript'));
    await writeFile(
      join(home, '.genesyscloudjavascript', 'config'),
      `[logging]\nlog_level = trace\nlog_format = text\nlog_to_console = true\nlog_file_path = ${log}\nlog_request_body = true\n[general]\nlive_reload_config = true\nhost = https://api.mypurecloud.jp\n[gateway]\nhost = gateway.invalid\n`,
    );
    const { exitCode, stdout, stderr } = await check();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).not.toContain('REQUEST');
    // It opens the file as it is loaded, before it can be told not to.
    expect(await readFile(log, 'utf8').catch(() => '')).toBe('');
  });

  test('writes no file', async () => {
    await check();
    expect(await readdir(home)).toEqual([]);
  });

  test('names what is missing when there is nobody to ask', async () => {
    const { GENESYSCLOUD_OAUTHCLIENT_SECRET: _, ...env } = org.env;
    expect(await relayCommand(['genesys', 'check', '--url', ingestUrls['open-messaging']], env)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('error: set GENESYSCLOUD_OAUTHCLIENT_SECRET: an OAuth client'),
    });
  });

  test('says what is wrong with a URL that is none of a route', async () => {
    expect(await run('check', '--url', 'https://relay.example.com')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it must be the ingestUrl of a route, https://…/webhooks/ROUTE'),
    });
  });

  test('waits as long as Genesys asks', async () => {
    org.answer(paths.openIntegrations, rateLimited(2));
    const startedAtMs = performance.now();
    expect((await check()).exitCode).toBe(0);
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(2_000);
  });
});

test("npx relay genesys connect gives Genesys a local relay's secret by a tunnel, and prints it nowhere", async () => {
  const emulated = await startEmulatedRelay();
  const local = await serveReady(emulated.location);
  try {
    const tunnel = 'https://tunnel.example.com/webhooks/main';
    const { id } = openIntegration();
    const connect = ['connect', 'main', '--integration', id, '--url', tunnel, '--local', local.url];
    const { exitCode, stdout, stderr } = await run(...connect, '--yes');
    expect(exitCode).toBe(0);
    const { current } = await emulated.relay.secrets.read(emulated.main.secretArn ?? '');
    expect(org.contents.openIntegrations[0]).toMatchObject({
      outboundNotificationWebhookUrl: tunnel,
      outboundNotificationWebhookSignatureSecretToken: current.value,
    });
    expect(stdout + stderr).not.toContain(current.value);
    expect(stdout + stderr).not.toContain(client.clientSecret);
  } finally {
    await local.stop();
    await emulated.stop();
  }
});
