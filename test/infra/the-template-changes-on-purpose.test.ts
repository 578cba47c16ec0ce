import { expect, test } from '@jest/globals';
import { synthesize } from '../support/synthesized-stack.ts';

/** Without bundling the code is this source tree: its hash would change the snapshot with every edit. */
function withoutAssetHashes(json: string): string {
  return json.replace(/[0-9a-f]{64}/g, '<hash>');
}

test('the template of two routes', () => {
  expect(JSON.parse(withoutAssetHashes(JSON.stringify(synthesize().toJSON())))).toMatchSnapshot();
});
