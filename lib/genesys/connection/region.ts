import { OperatorError } from '../../operator/operator-error.ts';
import { closestName } from '../closest-name.ts';

/** One of the regions that Genesys Cloud runs in. An organization lives in one, and only that one knows it. */
export interface GenesysRegion {
  /** What the hosts of the region end with: `api.HOST`, `login.HOST`, `apps.HOST`. */
  readonly host: string;
  /** As Amazon names it, and with it Genesys's Terraform provider. */
  readonly awsRegion: string;
  readonly shortName: string;
}

/** Those of the SDK (`PureCloudRegionHosts`): a test holds the two together. The SDK is too large to load for a list. */
export const genesysRegions: readonly GenesysRegion[] = [
  { host: 'mypurecloud.com', awsRegion: 'us-east-1', shortName: 'use1' },
  { host: 'mypurecloud.ie', awsRegion: 'eu-west-1', shortName: 'euw1' },
  { host: 'mypurecloud.com.au', awsRegion: 'ap-southeast-2', shortName: 'apse2' },
  { host: 'mypurecloud.jp', awsRegion: 'ap-northeast-1', shortName: 'apne1' },
  { host: 'mypurecloud.de', awsRegion: 'eu-central-1', shortName: 'euc1' },
  { host: 'usw2.pure.cloud', awsRegion: 'us-west-2', shortName: 'usw2' },
  { host: 'cac1.pure.cloud', awsRegion: 'ca-central-1', shortName: 'cac1' },
  { host: 'apne2.pure.cloud', awsRegion: 'ap-northeast-2', shortName: 'apne2' },
  { host: 'euw2.pure.cloud', awsRegion: 'eu-west-2', shortName: 'euw2' },
  { host: 'aps1.pure.cloud', awsRegion: 'ap-south-1', shortName: 'aps1' },
  { host: 'use2.us-gov-pure.cloud', awsRegion: 'us-east-2', shortName: 'use2' },
  { host: 'sae1.pure.cloud', awsRegion: 'sa-east-1', shortName: 'sae1' },
  { host: 'mec1.pure.cloud', awsRegion: 'me-central-1', shortName: 'mec1' },
  { host: 'apne3.pure.cloud', awsRegion: 'ap-northeast-3', shortName: 'apne3' },
  { host: 'euc2.pure.cloud', awsRegion: 'eu-central-2', shortName: 'euc2' },
  { host: 'mxc1.pure.cloud', awsRegion: 'mx-central-1', shortName: 'mxc1' },
  { host: 'apse1.pure.cloud', awsRegion: 'ap-southeast-1', shortName: 'apse1' },
  { host: 'edee1.eusc-pure.cloud', awsRegion: 'eusc-de-east-1', shortName: 'edee1' },
];

/**
 * The region that a text names: `mypurecloud.de`, `https://apps.mypurecloud.de/directory/`, `euc1`, `eu-central-1`, or
 * `eu_central_1` as the SDK spells it. Undefined when it names none.
 */
export function findRegion(text: string): GenesysRegion | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/, '')
    .replace(/^(?:api|login|apps)\./, '');
  const awsRegion = name.replaceAll('_', '-');
  return genesysRegions.find(
    (region) => region.host === name || region.shortName === name || region.awsRegion === awsRegion,
  );
}

/** @throws OperatorError `USAGE` with the list of regions */
export function parseRegion(text: string): GenesysRegion {
  const region = findRegion(text);
  if (region !== undefined) return region;
  const names = genesysRegions.flatMap(({ host, awsRegion }) => [host, awsRegion]);
  const nearest = closestName(text.trim(), names);
  const meant = nearest === undefined ? 'it' : `did you mean ${nearest}? It`;
  const known = genesysRegions.map(({ host, shortName, awsRegion }) => `\n  ${host} (${shortName}, ${awsRegion})`);
  throw new OperatorError(
    'USAGE',
    `"${text}" is no region of Genesys Cloud: ${meant} is what the address of your Genesys pages ends with, one of${known.join('')}`,
  );
}
