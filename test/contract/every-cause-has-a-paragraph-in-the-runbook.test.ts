import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { pauseReasons } from '../../lambdas/contract/breaker-state.ts';
import { deadLetterCauses } from '../../lambdas/contract/errors.ts';
import { notQueuedCause, receiveLimitCause } from '../../lib/operator/dead-letters/dead-letter.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** What the operator's tools call dead letters that carry no cause: SQS moved them by itself, or EventBridge sent them. */
const causesWithoutAWord = [receiveLimitCause, notQueuedCause];

/** The codes that have a paragraph of their own under an alarm's heading. */
function explainedUnder(alarm: string): (string | undefined)[] {
  const [, section = ''] = runbook.split(new RegExp(`^## ${alarm}$`, 'm'));
  const [entry = ''] = section.split(/^## /m);
  return [...entry.matchAll(/^#### `(.+)`\n\n\S/gm)].map(([, code]) => code);
}

test('the runbook explains each dead letter cause, and none that does not exist', () => {
  expect(explainedUnder('DlqNotEmpty').sort()).toEqual([...deadLetterCauses, ...causesWithoutAWord].sort());
});

test('the runbook explains each reason for a pause, and none that does not exist', () => {
  expect(explainedUnder('BreakerOpen').sort()).toEqual([...pauseReasons].sort());
});

test('the runbook explains no code anywhere else', () => {
  const explained = [...runbook.matchAll(/^#### `/gm)].length;
  expect(explained).toBe(deadLetterCauses.length + causesWithoutAWord.length + pauseReasons.length);
});
