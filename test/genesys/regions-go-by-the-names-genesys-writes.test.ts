import { describe, expect, test } from '@jest/globals';
import sdk from 'purecloud-platform-client-v2';
import { findRegion, genesysRegions, parseRegion } from '../../lib/genesys/connection/region.ts';

// The SDK watches a file from the moment that it is loaded.
sdk.ApiClient.instance.config.live_reload_config = false;

describe('a region', () => {
  test.each([
    ['mypurecloud.de', 'mypurecloud.de'],
    ['https://apps.mypurecloud.de/directory/#/person', 'mypurecloud.de'],
    ['api.euw2.pure.cloud', 'euw2.pure.cloud'],
    ['https://login.usw2.pure.cloud', 'usw2.pure.cloud'],
    ['euw2', 'euw2.pure.cloud'],
    ['EUC1', 'mypurecloud.de'],
    ['eu-west-2', 'euw2.pure.cloud'],
    ['eu_central_1', 'mypurecloud.de'],
    [' mypurecloud.com.au/ ', 'mypurecloud.com.au'],
  ])('is known as %s', (text, host) => {
    expect(parseRegion(text).host).toBe(host);
  });

  test.each(['', 'mars', 'eu-north-1', 'evil.example.com/mypurecloud.de', 'mypurecloud.de.example.com'])(
    'is not known as %j, which is answered with the list',
    (text) => {
      expect(() => parseRegion(text)).toThrow(
        /is no region of Genesys Cloud: it is .*, one of\n.*\n {2}mypurecloud\.de \(euc1, eu-central-1\)\n/s,
      );
    },
  );

  test.each([
    ['mypurecloud.dee', 'mypurecloud.de'],
    ['euw2.purecloud', 'euw2.pure.cloud'],
    ['eu-central1', 'eu-central-1'],
  ])('that %j may have meant is said before the list, in which each has its line', (text, meant) => {
    const lines = refusalOf(text).split('\n');

    expect(lines[0]).toContain(`is no region of Genesys Cloud: did you mean ${meant}?`);
    expect(lines).toHaveLength(1 + genesysRegions.length);
  });

  test('is not guessed where two are as near', () => {
    expect(refusalOf('mypurecloud.fr')).not.toContain('did you mean');
  });

  test('is one of those that the SDK knows, and each of those is one', () => {
    const known = Object.entries(sdk.PureCloudRegionHosts).map(([name, host]) => [name.replaceAll('_', '-'), host]);
    expect(genesysRegions.map(({ awsRegion, host }) => [awsRegion, host]).sort()).toEqual(known.sort());
  });

  test('has names that no other has', () => {
    const names = genesysRegions.flatMap(({ host, awsRegion, shortName }) => [host, awsRegion, shortName]);
    expect(new Set(names).size).toBe(names.length);
    for (const region of genesysRegions) expect(findRegion(region.shortName)).toBe(region);
  });
});

function refusalOf(text: string): string {
  try {
    return `${parseRegion(text).host} is a region`;
  } catch (error) {
    return String(error);
  }
}
