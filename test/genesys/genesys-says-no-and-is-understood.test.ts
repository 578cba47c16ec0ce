import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callGenesys } from '../../lib/genesys/connection/call-genesys.ts';
import { openPlatformClient } from '../../lib/genesys/connection/platform-client.ts';
import { parseRegion } from '../../lib/genesys/connection/region.ts';
import { listOpenIntegrations } from '../../lib/genesys/org/open-integrations.ts';
import { connectTo } from './connected-org.ts';
import { openIntegration } from './sample-org.ts';
import {
  client,
  forbidden,
  loginRateLimited,
  paths,
  rateLimited,
  type StandInOrg,
  startStandInOrg,
} from './stand-in-org.ts';

let org: StandInOrg;

beforeEach(async () => {
  org = await startStandInOrg({ openIntegrations: [openIntegration()] });
});
afterEach(() => org.stop());

describe('a rate limit', () => {
  test('is waited out as long as Genesys says, and a little more, with a word about it', async () => {
    org.answer(paths.openIntegrations, rateLimited(2));
    const progress: string[] = [];
    const { call, waitedMs } = await connectTo(org, (text) => progress.push(text));
    expect(await listOpenIntegrations(call)).toHaveLength(1);
    expect(waitedMs()).toBe(2_500);
    expect(progress).toEqual([
      'Genesys Cloud limits the pace: going on in 2 s',
      'Genesys Cloud limits the pace: going on in 1 s',
      '',
    ]);
  });

  test('that does not end is given up after two minutes, with what to do', async () => {
    org.answerAlways(paths.openIntegrations, rateLimited(50));
    const { call, waitedMs } = await connectTo(org);
    await expect(listOpenIntegrations(call)).rejects.toThrow(
      'could not list the Open Messaging integrations: Genesys Cloud limits the pace, and asks to wait another 50 s; try again then: other programs may use the same OAuth client, which has 300 requests a minute',
    );
    expect(waitedMs()).toBe(101_000);
  });

  test('of no seconds is not asked for ever', async () => {
    org.answerAlways(paths.openIntegrations, rateLimited(0));
    const { call } = await connectTo(org);
    await expect(listOpenIntegrations(call)).rejects.toMatchObject({ failure: { kind: 'rate-limited' } });
    expect(org.sentTo(paths.openIntegrations)).toHaveLength(7);
  });

  test('of the login, which is a 400, is waited out, too', async () => {
    org.answer(paths.login, loginRateLimited, loginRateLimited);
    const { call, waitedMs } = await connectTo(org);
    expect(await listOpenIntegrations(call)).toHaveLength(1);
    expect(org.sentTo(paths.login)).toHaveLength(3);
    expect(waitedMs()).toBe(31_000);
  });

  test('of the login that does not end is told as what it is', async () => {
    org.answerAlways(paths.login, loginRateLimited);
    const { call } = await connectTo(org);
    await expect(listOpenIntegrations(call)).rejects.toThrow(
      'could not log in to Genesys Cloud in mypurecloud.de: Genesys Cloud limits the pace',
    );
  });
});

describe('a token', () => {
  test('is got once, and used for every call', async () => {
    const { call } = await connectTo(org);
    for (let time = 0; time < 3; time++) await listOpenIntegrations(call);
    expect(org.sentTo(paths.login)).toHaveLength(1);
  });

  test('that Genesys no longer takes is replaced, once', async () => {
    const { call } = await connectTo(org);
    await listOpenIntegrations(call);
    org.expireTokens();
    expect(await listOpenIntegrations(call)).toHaveLength(1);
    expect(org.sentTo(paths.login)).toHaveLength(2);
  });

  test('that is refused again is not replaced for ever', async () => {
    org.answerAlways(paths.openIntegrations, { status: 401, body: { message: 'No authentication bearer token' } });
    const { call } = await connectTo(org);
    await expect(listOpenIntegrations(call)).rejects.toThrow(
      'Genesys Cloud refused the token with 401, and the next one, too: No authentication bearer token; see whether the OAuth client is disabled',
    );
    expect(org.sentTo(paths.login)).toHaveLength(2);
  });

  test('is replaced shortly before it expires', async () => {
    const region = parseRegion('mypurecloud.de');
    let nowMs = Date.now();
    const call = callGenesys({
      client: await openPlatformClient({ ...client, region }, org.gateway, new AbortController().signal),
      host: region.host,
      now: () => nowMs,
      sleep: async () => {},
      random: Math.random,
      progress: () => {},
      signal: new AbortController().signal,
    });
    await listOpenIntegrations(call);
    nowMs += 86_399_000 - 65_000;
    await listOpenIntegrations(call);
    expect(org.sentTo(paths.login)).toHaveLength(1);
    nowMs += 10_000;
    await listOpenIntegrations(call);
    expect(org.sentTo(paths.login)).toHaveLength(2);
  });
});

describe('a refusal', () => {
  test('of the client names the variables to check', async () => {
    org.answerAlways(paths.login, {
      status: 401,
      body: { error: 'invalid_client', description: 'authentication failed' },
    });
    const { call } = await connectTo(org);
    await expect(listOpenIntegrations(call)).rejects.toThrow(
      /^could not log in to Genesys Cloud in mypurecloud\.de: Genesys Cloud in mypurecloud\.de refused the OAuth client: authentication failed; check GENESYSCLOUD_OAUTHCLIENT_ID and _SECRET/,
    );
  });

  test('of an unknown client, a 400, is not taken for a rate limit', async () => {
    org.answerAlways(paths.login, {
      status: 400,
      body: { error: 'invalid_client', description: 'client not found: invalid_client' },
    });
    const { call, waitedMs } = await connectTo(org);
    await expect(listOpenIntegrations(call)).rejects.toMatchObject({
      failure: { kind: 'login-refused', said: 'client not found: invalid_client' },
    });
    expect(waitedMs()).toBe(0);
  });

  test('for want of a permission names it', async () => {
    org.answerAlways(paths.openIntegrations, forbidden('messaging:integration:view'));
    const { call } = await connectTo(org);
    await expect(listOpenIntegrations(call)).rejects.toThrow(
      "the OAuth client's roles lack messaging:integration:view; add the permission to a role",
    );
  });

  test('with a 500 gives what support finds the request by', async () => {
    org.answerAlways(paths.openIntegrations, { status: 500, body: { message: 'oops', code: 'internal.server.error' } });
    const { call } = await connectTo(org);
    await expect(listOpenIntegrations(call)).rejects.toThrow(
      "Genesys Cloud answered 500: oops; try again; Genesys's support finds the request by ININ-Correlation-Id a-correlation",
    );
  });

  test('never carries the token, nor the secret of the client', async () => {
    for (const [path, status] of [
      [paths.openIntegrations, 500],
      [paths.login, 401],
    ] as const) {
      org.answerAlways(path, { status, body: {} });
      const { call } = await connectTo(org);
      const error: unknown = await listOpenIntegrations(call).catch((caught: unknown) => caught);
      const { inspect } = await import('node:util');
      const everything = inspect(error, { depth: 20, showHidden: true });
      expect(everything).not.toMatch(/token-\d+-that-nobody-may-see|Bearer|Basic /);
      expect(everything).not.toContain(client.clientSecret);
    }
  });
});

test('an answer that the SDK does not promise is told as one', async () => {
  org.answerAlways(paths.openIntegrations, { status: 200, body: { entities: [{ name: 'no id' }] } });
  const { call } = await connectTo(org);
  await expect(listOpenIntegrations(call)).rejects.toThrow(/answer is not what its SDK promises: .*id/);
});

test('a Genesys that does not answer is told to be out of reach', async () => {
  const { call } = await connectTo(org);
  await org.stop();
  await expect(listOpenIntegrations(call)).rejects.toThrow(
    /Genesys Cloud in mypurecloud\.de cannot be reached: .*ECONNREFUSED.*; check GENESYSCLOUD_REGION/,
  );
  org = await startStandInOrg();
});

test('a redirect is not followed: it would carry the token elsewhere', async () => {
  org.answerAlways(paths.openIntegrations, { status: 302, body: {}, headers: { location: paths.ipRanges } });
  const { call } = await connectTo(org);
  await expect(listOpenIntegrations(call)).rejects.toMatchObject({ failure: { kind: 'unexpected', status: 302 } });
  expect(org.sentTo(paths.ipRanges)).toEqual([]);
});

test('an interruption ends a request that is under way, and is told as one', async () => {
  const interruption = new AbortController();
  const { call } = await connectTo(org, undefined, interruption.signal);
  await listOpenIntegrations(call);
  const next = listOpenIntegrations(call);
  interruption.abort(new Error('interrupted'));
  await expect(next).rejects.toThrow('interrupted');
});
