import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { paths } from './stand-in-org.ts';

const sdk = readFileSync(createRequire(import.meta.url).resolve('purecloud-platform-client-v2'), 'utf8');

test.each(Object.entries(paths))('%s is at %s in the SDK, too', (_name, path) => {
  expect(sdk.includes(`'${path}'`) || sdk.includes(`\${loginBasePath}${path}`)).toBe(true);
});

test.each([
  '/api/v2/webhooks',
  '/api/v2/notifications/webhooks',
  'WebhooksApi',
  'deadLetterQueue',
  'webhook:read',
  'webhooks:edit',
])('there is no %s, whatever is written about it', (name) => {
  expect(sdk).not.toContain(name);
});
