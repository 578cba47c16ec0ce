import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { deadLetterCauses } from '../../lambdas/contract/errors.ts';

/** What the operator's tools call a dead letter that SQS moved by itself: it carries no cause. */
const causeOfNativeRedrive = 'receive-limit';

test('the runbook explains each dead letter cause, and none that does not exist', () => {
  const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
  const explained = [...runbook.matchAll(/^#### `(.+)`\n\n\S/gm)].map(([, cause]) => cause);
  expect(explained.sort()).toEqual([...deadLetterCauses, causeOfNativeRedrive].sort());
});
