import { expect, test } from '@jest/globals';
import { claimUpdate, type RecordUpdate, reopenUpdate } from '../../lambdas/adapters/claim-updates.ts';
import { updateFields } from '../../lambdas/adapters/delivery-record-item.ts';
import { claimOf } from './delivery-records-under-test.ts';

const updates: readonly [name: string, update: RecordUpdate][] = [
  ['claim', claimUpdate(claimOf())],
  ['reopen by the operator', reopenUpdate(claimOf(), { kind: 'by-operator', atMs: 1 })],
  ['reopen by SQS', reopenUpdate(claimOf(), { kind: 'by-sqs' })],
];

// DynamoDB refuses both an unused and an undefined placeholder; the emulator lets some of them pass.
test.each(updates)('%s uses every placeholder it defines, and defines every one it uses', (_name, update) => {
  const text = `${update.UpdateExpression} ${update.ConditionExpression}`;
  const used = new Set(text.match(/[#:]\w+/g));
  const defined = Object.keys({ ...update.ExpressionAttributeNames, ...update.ExpressionAttributeValues });
  expect([...used].sort()).toEqual(defined.sort());
});

test('fields without a value are removed, and have no placeholder for one', () => {
  expect(updateFields({ status: 'failed', attempts: 2, lastStatus: undefined, leaseOwner: undefined })).toEqual({
    expression: 'SET #status = :status, #attempts = :attempts REMOVE #lastStatus, #leaseOwner',
    names: { '#status': 'status', '#attempts': 'attempts', '#lastStatus': 'lastStatus', '#leaseOwner': 'leaseOwner' },
    values: { ':status': { S: 'failed' }, ':attempts': { N: '2' } },
  });
});
