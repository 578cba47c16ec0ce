import { expect, test } from '@jest/globals';
import { synthesize } from '../support/synthesized-stack.ts';

/** Without bundling the code is this source tree: its hash would change the snapshot with every edit. */
function withoutAssetHashes(json: string): string {
  return json.replace(/[0-9a-f]{64}/g, '<hash>');
}

/** A dashboard holds no data and has tests of its own: a thousand lines of its JSON would hide what changes beside it. */
function withoutDashboardBody(key: string, value: unknown): unknown {
  return key === 'DashboardBody' ? '<body>' : value;
}

test('the template of two routes', () => {
  const json = JSON.stringify(synthesize().toJSON(), withoutDashboardBody);
  expect(JSON.parse(withoutAssetHashes(json))).toMatchSnapshot();
});
