import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runIpRanges } from '../../lib/genesys/ip-ranges/run-ip-ranges.ts';
import { type SenderService, senderServices } from '../../lib/genesys/ip-ranges/sender-ranges.ts';
import { relayCommand } from '../operator/relay-child-process.ts';
import { connectTo } from './connected-org.ts';
import { recordingTerminal } from './recording-terminal.ts';
import { type StandInOrg, startStandInOrg } from './stand-in-org.ts';

let org: StandInOrg;

beforeEach(async () => {
  org = await startStandInOrg({
    ipRanges: [
      { cidr: '198.51.100.64/26', service: 'open-messaging', region: 'eu-central-1', direction: 'outbound' },
      { cidr: '198.51.100.7', service: 'open-messaging', region: 'mypurecloud.de', direction: 'both' },
      { cidr: '203.0.113.0/24', service: 'data-actions', region: 'eu-central-1', direction: 'outbound' },
      { cidr: '203.0.113.0/24', service: 'data-actions', region: 'eu-central-1', direction: 'both' },
      { cidr: '192.0.2.0/24', service: 'open-messaging', region: 'us-east-1', direction: 'outbound' },
      { cidr: '192.0.2.1/32', service: 'open-messaging', region: 'eu-central-1', direction: 'inbound' },
      { cidr: '192.0.2.2/32', service: 'audiohook', region: 'eu-central-1', direction: 'outbound' },
    ],
  });
});
afterEach(() => org.stop());

async function ipRanges(options: {
  json?: boolean;
  services?: readonly SenderService[];
  allowCidrs?: readonly string[];
}) {
  const { json = false, services = senderServices, allowCidrs } = options;
  const seen = recordingTerminal();
  const route = allowCidrs === undefined ? undefined : { name: 'main', allowCidrs };
  const exitCode = await runIpRanges({ services, json, route }, await connectTo(org), seen.terminal);
  return { exitCode, ...seen };
}

describe('relay genesys ip-ranges', () => {
  test("prints the ranges that send to a relay in the organization's region, ready to paste", async () => {
    const { exitCode, printed } = await ipRanges({});
    expect(exitCode).toBe(0);
    expect(printed.join('\n')).toBe(`\
// Genesys Cloud, eu-central-1 (mypurecloud.de): where open-messaging and data-actions send from
allowCidrs: [
  '198.51.100.7/32',
  '198.51.100.64/26',
  '203.0.113.0/24',
],`);
  });

  test('prints those of one service, as JSON, too', async () => {
    const { printed } = await ipRanges({ json: true, services: ['data-actions'] });
    expect(JSON.parse(printed.join(''))).toEqual({
      region: 'eu-central-1',
      host: 'mypurecloud.de',
      services: ['data-actions'],
      allowCidrs: ['203.0.113.0/24'],
    });
  });

  test('says which ranges a route lacks, and which it has too many', async () => {
    const stale = ['198.51.100.7/32', '203.0.113.0/24', '192.0.2.99/32'];
    expect(await ipRanges({ allowCidrs: stale })).toMatchObject({
      exitCode: 1,
      noted: [
        'route main lacks 198.51.100.64/26: webhooks from there are refused with 403',
        'route main allows 192.0.2.99/32, which Genesys does not list',
        'paste the list into the configuration, and deploy',
      ],
    });
    const { exitCode, printed } = await ipRanges({ allowCidrs: stale, json: true });
    expect(exitCode).toBe(1);
    expect(JSON.parse(printed.join('')).route).toEqual({
      name: 'main',
      restricted: true,
      missing: ['198.51.100.64/26'],
      surplus: ['192.0.2.99/32'],
    });
  });

  test('is content with a route that has them all', async () => {
    const current = ['203.0.113.0/24', '198.51.100.64/26', '198.51.100.7/32'];
    expect(await ipRanges({ allowCidrs: current })).toMatchObject({
      exitCode: 0,
      noted: ['allowCidrs of route main are these'],
    });
  });

  test('prints no empty list, which would let nobody in', async () => {
    org.contents.ipRanges = [];
    await expect(ipRanges({})).rejects.toThrow(
      'Genesys Cloud lists no outbound range of open-messaging and data-actions for eu-central-1, among 0 ranges: leave allowCidrs as it is',
    );
  });
});

describe('npx relay genesys ip-ranges', () => {
  test('compares with the configuration', async () => {
    const path = join(tmpdir(), `relay-config-${process.pid}-${Date.now()}.json`);
    const route = { verify: { kind: 'open-messaging' }, deliverTo: { url: 'https://example.com/events' } };
    await writeFile(
      path,
      JSON.stringify({ routes: { main: { ...route, allowCidrs: ['198.51.100.7/32'] }, open: route } }),
    );
    const run = (...args: string[]) =>
      relayCommand(['genesys', 'ip-ranges', '--service', 'open-messaging', '--config', path, ...args], org.env);

    expect(await run('--route', 'main')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("  '198.51.100.64/26',\n],"),
      stderr: expect.stringContaining('route main lacks 198.51.100.64/26'),
    });
    expect(await run('--route', 'open')).toMatchObject({
      exitCode: 0,
      stderr: 'route open has no allowCidrs: it takes requests from anywhere, and its verification decides\n',
    });
    expect(await run('--route', 'nope')).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('there is no route "nope"'),
    });
  });
});
