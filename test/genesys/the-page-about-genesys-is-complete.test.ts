import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { findingCodes } from '../../lib/genesys/check/finding.ts';

const page = readFileSync('docs/genesys.md', 'utf8');

test.each(findingCodes)('%s has a row', (code) => {
  expect(page).toMatch(new RegExp(`^\\|.*\`${code}\`.*\\|.*\\*(?:problem|note)\\*`, 'm'));
});

test.each([
  'messaging:integration:view',
  'messaging:integration:edit',
  'processautomation:trigger:view',
  'integrations:action:view',
  'architect:dependencyTracking:view',
  'integrations:integration:view',
])('the permission %s is explained', (permission) => {
  expect(page).toMatch(new RegExp(`^\\| \`${permission}\` \\|`, 'm'));
});
