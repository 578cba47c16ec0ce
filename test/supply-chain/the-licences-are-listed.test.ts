import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { findBundledPackages } from '../../lib/licences/find-bundled-packages.ts';
import { packageFolder } from '../../lib/licences/package-folder.ts';
import { renderThirdParty, thirdPartyPath } from '../../lib/licences/render-third-party.ts';

const packages = await findBundledPackages();

const lock = z
  .object({
    packages: z.record(z.string(), z.object({ version: z.string().default(''), dev: z.boolean().default(false) })),
  })
  .parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));

/** Licences that ask for nothing but their own text. */
const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

test('the list of bundled packages is the one that npm run licences would write', () => {
  expect(readFileSync(thirdPartyPath, 'utf8')).toBe(renderThirdParty(packages));
});

test('no bundled package has a licence that asks for more than its own text', () => {
  expect(packages.filter(({ licence }) => !permissive.includes(licence))).toEqual([]);
});

test('npm audit --omit=dev looks at every package that is deployed', () => {
  const audited = Object.entries(lock.packages)
    .filter(([, { dev }]) => !dev)
    .map(([folder, { version }]) => `${folder.replace(/^.*node_modules\//, '')}@${version}`);
  for (const { name, version } of packages) expect(audited).toContain(`${name}@${version}`);
});

test('the AWS SDK is found in the bundle of every function that uses it, and no build tool in any', () => {
  const sqs = packages.find(({ name }) => name === '@aws-sdk/client-sqs');
  expect(sqs?.functions).toEqual(['ingest', 'processor', 'breaker', 'sweeper', 'peeker']);
  expect(packages.map(({ name }) => name)).not.toContain('aws-cdk-lib');
});

test.each([
  ['node_modules/zod/v4/mini/index.js', 'node_modules/zod'],
  ['node_modules/@smithy/core/dist-es/index.js', 'node_modules/@smithy/core'],
  ['node_modules/a/node_modules/@b/c/index.js', 'node_modules/a/node_modules/@b/c'],
  ['../elsewhere/node_modules/a/index.js', '../elsewhere/node_modules/a'],
  ['lambdas/ingest/handler.ts', undefined],
])('%s belongs to %s', (path, folder) => {
  expect(packageFolder(path)).toBe(folder);
});
