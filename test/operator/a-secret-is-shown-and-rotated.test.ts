import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { secretsManagerSource } from '../../lambdas/adapters/secrets-manager-source.ts';
import { localClientSettings } from '../../lib/local/local-client.ts';
import { generateSecret } from '../../lib/operator/secrets/generate-secret.ts';
import { runSecretRotate } from '../../lib/operator/secrets/run-secret-rotate.ts';
import { runSecretShow } from '../../lib/operator/secrets/run-secret-show.ts';
import type { Terminal } from '../../lib/operator/terminal/terminal.ts';
import { type EmulatedRelay, startEmulatedRelay } from './emulated-relay.ts';
import { serveReady, type TestServer } from './local-ready-server.ts';
import { relayCommand } from './relay-child-process.ts';

let emulated: EmulatedRelay;

beforeAll(async () => {
  emulated = await startEmulatedRelay();
});
afterAll(() => emulated.stop());

/** A terminal that keeps what it is told, and answers as it should. */
function terminalAnswering(yes: boolean | undefined) {
  const printed: string[] = [];
  const noted: string[] = [];
  const asked: string[] = [];
  const terminal: Terminal = {
    print: (line) => printed.push(line),
    note: (line) => noted.push(line),
    progress: () => {},
    paint: (_style, text) => text,
    columns: undefined,
    confirm:
      yes === undefined
        ? undefined
        : async (question) => {
            asked.push(question);
            return yes;
          },
  };
  return { terminal, printed, noted, asked };
}

const ask = { yes: false, json: false };
const force = { yes: true, json: false };

function rotate(options: typeof ask, { terminal }: { terminal: Terminal }, { route = 'main', laterMs = 0 } = {}) {
  const tools = { relay: emulated.relay, now: () => Date.now() + laterMs, signal: new AbortController().signal };
  return runSecretRotate(route, options, { ...tools, newSecret: generateSecret }, terminal);
}

async function shown(): Promise<{ current: { value: string }; previous: { value: string } | null }> {
  const { terminal, printed } = terminalAnswering(undefined);
  await runSecretShow('main', { json: true }, emulated, terminal);
  return JSON.parse(printed.join(''));
}

describe('a rotation', () => {
  test('makes a new secret, and keeps the one that it replaces', async () => {
    const before = await shown();
    const seen = terminalAnswering(true);
    expect(await rotate(ask, seen)).toBe(0);
    const after = await shown();
    expect(after.previous).toEqual(before.current);
    expect(after.current.value).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(after.current.value).not.toBe(before.current.value);
    expect(seen.asked).toEqual(['rotate the secret of route main of the emulated relay?']);
    expect(seen.printed.join('\n')).toContain(after.current.value);
    // A forged request may have used up a function's early read just before: the sender would be refused for 30 s.
    expect(seen.printed.join('\n')).toContain('Give it to the sender in five minutes');
  });

  test('is nothing without a clear yes', async () => {
    const before = await shown();
    const seen = terminalAnswering(false);
    expect(await rotate(ask, seen)).toBe(1);
    expect(seen.noted.at(-1)).toBe('nothing was rotated');
    await expect(rotate(ask, terminalAnswering(undefined))).rejects.toThrow('no terminal to confirm on: add --yes');
    await expect(rotate({ yes: false, json: true }, seen)).rejects.toThrow('--json cannot ask: add --yes');
    expect(await shown()).toEqual(before);
  });

  test('that follows another says what is retired by it, and that it is too early', async () => {
    await rotate(force, terminalAnswering(undefined));
    const early = terminalAnswering(undefined);
    await rotate(force, early);
    expect(early.noted).toEqual([
      'the previous secret is retired by this: what is still signed with it will be refused',
      expect.stringMatching(/^the last rotation was \d+ s ago: leave five minutes between two$/),
    ]);
    const late = terminalAnswering(undefined);
    await rotate(force, late, { laterMs: 300_000 });
    expect(late.noted).toHaveLength(1);
  });

  test('leaves both secrets valid to the ingest function', async () => {
    await rotate(force, terminalAnswering(undefined));
    const { current, previous } = await shown();
    const client = new SecretsManagerClient(localClientSettings(emulated.secrets.url));
    const valid = await secretsManagerSource(() => {}, client)(emulated.main.secretArn ?? '');
    client.destroy();
    expect(valid).toEqual([current.value, previous?.value]);
  });
});

describe('a route', () => {
  test('without a secret has nothing to show or to rotate, nor has one that is not there', async () => {
    const { terminal } = terminalAnswering(true);
    const none = 'route "other" has no secret: it accepts unsigned requests';
    await expect(runSecretShow('other', { json: false }, emulated, terminal)).rejects.toThrow(none);
    await expect(rotate(force, { terminal }, { route: 'other' })).rejects.toThrow(none);
    const { secretArn: _none, verify: _neither, ...bare } = emulated.other;
    const bus = { ...bare, eventSourceName: 'aws.partner/genesys.com/cloud/org/suffix' };
    const relay = { ...emulated.relay, location: { ...emulated.location, routes: new Map([['bus', bus]]) } };
    await expect(runSecretShow('bus', { json: false }, { relay }, terminal)).rejects.toThrow(
      'route "bus" has no secret: it takes no webhooks, only events of a bus',
    );
    await expect(runSecretShow('nope', { json: false }, emulated, terminal)).rejects.toThrow('no route "nope"');
  });
});

describe('npx relay secret', () => {
  let local: TestServer;
  beforeAll(async () => {
    local = await serveReady(emulated.location);
  });
  afterAll(() => local.stop());

  test('rotates, and shows what it rotated to', async () => {
    const rotated = await relayCommand(['secret', 'rotate', 'main', '--yes', '--json', '--local', local.url]);
    expect(rotated.exitCode).toBe(0);
    const { secret } = JSON.parse(rotated.stdout);
    const text = await relayCommand(['secret', 'show', 'main', '--local', local.url]);
    expect(text).toMatchObject({ exitCode: 0, stderr: '' });
    expect(text.stdout).toMatch(new RegExp(`^current   ${secret}  since \\d{4}-.*\nprevious  \\w{48}  since `));
  });

  test('of a route without one is wrong usage', async () => {
    expect(await relayCommand(['secret', 'show', 'other', '--local', local.url])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('has no secret'),
    });
  });
});
