import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { readCredentials } from '../../lib/genesys/connection/credentials.ts';
import { readGateway } from '../../lib/genesys/connection/gateway.ts';
import { askOn } from '../../lib/operator/terminal/ask.ts';

const env = {
  GENESYSCLOUD_REGION: 'euc1',
  GENESYSCLOUD_OAUTHCLIENT_ID: 'id',
  GENESYSCLOUD_OAUTHCLIENT_SECRET: 'secret',
};

describe('credentials', () => {
  test('come from the environment, under the names of the Terraform provider', async () => {
    expect(await readCredentials(env, undefined)).toMatchObject({
      clientId: 'id',
      clientSecret: 'secret',
      region: { host: 'mypurecloud.de' },
    });
  });

  test('are asked for where they are not set, the secret without showing it', async () => {
    const asked: [string, boolean][] = [];
    const answers = ['mypurecloud.ie', ' my-id ', 'my-secret'];
    const credentials = await readCredentials({}, async (question, { hidden }) => {
      asked.push([question, hidden]);
      return answers.shift() ?? '';
    });
    expect(credentials).toMatchObject({
      clientId: 'my-id',
      clientSecret: 'my-secret',
      region: { awsRegion: 'eu-west-1' },
    });
    expect(asked.map(([, hidden]) => hidden)).toEqual([false, false, true]);
  });

  test('that are neither set nor given are named', async () => {
    await expect(readCredentials({}, undefined)).rejects.toThrow(
      'set GENESYSCLOUD_REGION, GENESYSCLOUD_OAUTHCLIENT_ID, GENESYSCLOUD_OAUTHCLIENT_SECRET: an OAuth client',
    );
    await expect(readCredentials({ ...env, GENESYSCLOUD_REGION: '' }, undefined)).rejects.toThrow(
      /^set GENESYSCLOUD_REGION: the region of your organisation, such as mypurecloud\.de$/,
    );
    await expect(readCredentials({ ...env, GENESYSCLOUD_OAUTHCLIENT_SECRET: '' }, undefined)).rejects.toThrow(
      /^set GENESYSCLOUD_OAUTHCLIENT_SECRET: an OAuth client with the grant type [^,]* \(Admin, Integrations, OAuth\)$/,
    );
    await expect(readCredentials({ ...env, GENESYSCLOUD_OAUTHCLIENT_ID: '' }, async () => ' ')).rejects.toThrow(
      'no answer: set GENESYSCLOUD_OAUTHCLIENT_ID, or try again',
    );
  });
});

describe('a question on a terminal', () => {
  function typing(hidden: boolean) {
    const input = new PassThrough();
    const output = new PassThrough({ encoding: 'utf8' });
    let shown = '';
    output.on('data', (text: string) => {
      shown += text;
    });
    const ask = askOn(input, output);
    return { input, ask, answer: ask('Secret: ', { hidden }), shown: () => shown };
  }

  test('shows what is typed', async () => {
    const { input, answer, shown } = typing(false);
    input.write('visible\r');
    expect(await answer).toBe('visible');
    await setImmediate();
    expect(shown()).toContain('Secret: ');
    expect(shown()).toContain('visible');
  });

  test('shows nothing of what is hidden, corrections included', async () => {
    const { input, answer, shown } = typing(true);
    input.write('hushh\x7f\r');
    expect(await answer).toBe('hush');
    await setImmediate();
    expect(shown()).toBe('Secret: \n');
  });

  test('shows nothing of what is hidden after one that showed what was typed', async () => {
    const { input, ask, answer, shown } = typing(false);
    input.write('visible\r');
    await answer;
    const next = ask('Hidden: ', { hidden: true });
    input.write('hushed\r');
    expect(await next).toBe('hushed');
    await setImmediate();
    expect(shown()).not.toMatch(/h.*u.*s.*h.*e/);
  });

  test.each([
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ])('ends the command on %s', async (_name, key) => {
    const { input, answer } = typing(true);
    input.write(key);
    await expect(answer).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('a gateway', () => {
  test('takes the place of the hosts of the region', () => {
    const there = { GENESYSCLOUD_GATEWAY_HOST: 'gw.example.com', GENESYSCLOUD_GATEWAY_PORT: '8443' };
    expect(readGateway({})).toBeUndefined();
    expect(readGateway(there)).toEqual({ protocol: 'https', host: 'gw.example.com', port: 8443 });
    expect(() => readGateway({ ...there, GENESYSCLOUD_GATEWAY_PORT: '0' })).toThrow('GENESYSCLOUD_GATEWAY_PORT is "0"');
    expect(() => readGateway({ ...there, GENESYSCLOUD_GATEWAY_PROTOCOL: 'ftp' })).toThrow('must be https or http');
  });
});
