import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deliveryKey } from '../../lambdas/contract/delivery-record.ts';
import type { DeadLetter } from '../../lib/operator/dead-letters/dead-letter.ts';
import type { DeliveryState } from '../../lib/operator/dead-letters/delivery-states.ts';
import { keepPlan } from '../../lib/operator/redrive/keep-plan.ts';
import { type PlanEntry, planFiles, type StoredPlan } from '../../lib/operator/redrive/plan-file.ts';
import { requireSameRelay, resumePlan } from '../../lib/operator/redrive/resume-plan.ts';
import { aDeadLetter } from './a-dead-letter.ts';

const plannedAtMs = 1_000;
const nowMs = 9_000;
const main = { queueUrl: 'main', deadLetterQueueUrl: 'main-dlq', ingestUrl: 'https://relay.example/webhooks/main' };
const routes = new Map([['main', main]]);

const entry = (eventId: string, state: PlanEntry['state']): PlanEntry => ({
  route: 'main',
  messageId: `message of ${eventId}`,
  eventId,
  cause: 'rejected',
  redrivenAtMs: plannedAtMs,
  state,
});
const stored = (...entries: PlanEntry[]): StoredPlan => ({
  createdAtMs: plannedAtMs,
  relay: 'the relay',
  deadLetterQueueUrls: { main: 'main-dlq' },
  entries,
});
const inQueue = (eventId: string, messageId = `message of ${eventId}`): DeadLetter =>
  aDeadLetter({ route: 'main', eventId, messageId });

function resume(plan: StoredPlan, found: readonly DeadLetter[], records: Record<string, DeliveryState> = {}) {
  const states = new Map(Object.entries(records).map(([eventId, state]) => [deliveryKey('main', eventId), state]));
  const resumed = resumePlan(plan, found, states, { nowMs, routes });
  return {
    states: Object.fromEntries(resumed.stored.entries.map(({ messageId, state }) => [messageId, state])),
    toSend: resumed.toSend.flatMap(({ messages }) =>
      messages.map(({ messageId, redrivenAtMs }) => [messageId, redrivenAtMs]),
    ),
  };
}

describe('a plan that is resumed', () => {
  test('sends what it has not sent, with the time that it was planned with', () => {
    expect(resume(stored(entry('a', 'planned')), [inQueue('a')]).toSend).toEqual([['message of a', plannedAtMs]]);
  });

  test('sends a message again whose copy could not be deleted, as the copy that it is', () => {
    const failed = { status: 'failed', attempts: 1, redrivenAtMs: plannedAtMs } as const;

    const { toSend } = resume(stored(entry('a', 'redriven')), [inQueue('a'), inQueue('a', 'another')], { a: failed });

    // The other one is the only dead letter that is left of the event: it waits until the copy is out of the way.
    expect(toSend).toEqual([['message of a', plannedAtMs]]);
  });

  test('believes the record of what was sent before a crash, and not written down', () => {
    const record = (status: DeliveryState['status']) => ({ status, attempts: 1, redrivenAtMs: plannedAtMs });

    const { states, toSend } = resume(
      stored(entry('delivered', 'planned'), entry('under-way', 'planned'), entry('failed', 'planned')),
      [],
      { delivered: record('delivered'), 'under-way': record('delivering'), failed: record('failed') },
    );

    expect(states).toEqual({
      'message of delivered': 'delivered',
      'message of under-way': 'redriven',
      'message of failed': 'failed-again',
    });
    expect(toSend).toEqual([]);
  });

  test('keeps looking for what is gone without a trace: another reader may hold it', () => {
    const { states, toSend } = resume(stored(entry('a', 'planned')), [], { a: { status: 'failed', attempts: 1 } });

    expect(states).toEqual({ 'message of a': 'planned' });
    expect(toSend).toEqual([['message of a', plannedAtMs]]);
  });

  test('takes what failed again once more, with a new time: with the old one it would be dropped as a copy', () => {
    const { states, toSend } = resume(stored(entry('a', 'failed-again'), entry('b', 'delivered')), [
      inQueue('a', 'new message'),
    ]);

    expect(toSend).toEqual([['new message', nowMs]]);
    expect(states).toEqual({ 'new message': 'planned', 'message of b': 'delivered' });
  });

  test('takes what SQS gave up once more, which no record tells: its processor died of it', () => {
    const died = { status: 'delivering', attempts: 0, redrivenAtMs: plannedAtMs } as const;

    const { states, toSend } = resume(
      stored(entry('a', 'redriven'), entry('b', 'redriven')),
      [inQueue('a', 'new message')],
      { a: died, b: died },
    );

    expect(toSend).toEqual([['new message', nowMs]]);
    expect(states).toEqual({ 'new message': 'planned', 'message of b': 'redriven' });
  });

  test('does not take another dead letter, which lay there before, for one that came back', () => {
    const longAgo = { ...inQueue('a', 'another'), sentAtMs: plannedAtMs - 3_600_000 };
    const underWay = { status: 'delivering', attempts: 0, redrivenAtMs: plannedAtMs } as const;

    expect(resume(stored(entry('a', 'redriven')), [longAgo], { a: underWay }).toSend).toEqual([]);
  });

  test('leaves dead letters alone that it was not made for', () => {
    expect(resume(stored(entry('a', 'delivered')), [inQueue('stranger', 'x')]).toSend).toEqual([]);
  });

  test('is refused for another relay', () => {
    const location = {
      description: 'stack Other',
      flags: '--stack Other',
      stackName: 'Other',
      routes: new Map([
        ['main', { queueUrl: 'q', deadLetterQueueUrl: 'elsewhere', ingestUrl: 'https://elsewhere.example' }],
      ]),
      deliveryTableName: 't',
      payloadBucketName: 'b',
      access: { kind: 'aws' } as const,
    };

    expect(() => requireSameRelay('plan.json', stored(entry('a', 'planned')), location)).toThrow(
      'the plan plan.json is of the relay (route main), not of stack Other: name its relay with --stack or --local',
    );
    const restarted = { ...location, description: 'the relay', flags: '--local', startedAtMs: 2_000 };
    expect(() => requireSameRelay('plan.json', stored(entry('a', 'planned')), restarted)).toThrow(
      'the plan plan.json is of another local run, whose queues are gone: delete it, and plan anew with `npx relay dlq redrive --dry-run --plan plan.json --local`',
    );
    const recreated = { ...location, description: 'the relay', flags: '' };
    expect(() => requireSameRelay('plan.json', stored(entry('a', 'planned')), recreated)).toThrow(
      'is of an earlier deployment of the relay, whose queues are gone',
    );
  });
});

describe('a plan file', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relay-plan-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('gives back what was written, also a message without an event id', async () => {
    const path = join(directory, 'plan.json');
    const plan = stored(entry('a', 'delivered'), { ...entry('b', 'planned'), eventId: undefined });

    await planFiles.write(path, plan);

    expect(await planFiles.read(path)).toEqual(plan);
  });

  test('is replaced whole: a write that dies leaves the plan as it was', async () => {
    const path = join(directory, 'whole.json');
    await planFiles.write(path, stored(entry('a', 'planned')));
    // What a crash in the middle of a write leaves behind.
    await writeFile(`${path}.new`, '{"version":1,"entr');

    expect((await planFiles.read(path)).entries).toHaveLength(1);
    await planFiles.write(path, stored(entry('a', 'delivered')));
    expect((await planFiles.read(path)).entries[0]?.state).toBe('delivered');
    expect((await readdir(directory)).filter((name) => name.startsWith('whole'))).toEqual(['whole.json']);
  });

  test('is on disk before anything is sent, and follows with each step', async () => {
    const path = join(directory, 'kept.json');
    let clockMs = 0;
    const kept = await keepPlan(path, stored(entry('a', 'planned'), entry('b', 'planned')), {
      files: planFiles,
      now: () => clockMs,
    });
    expect((await planFiles.read(path)).entries.map(({ state }) => state)).toEqual(['planned', 'planned']);

    for (let step = 0; step < 100; step++) {
      clockMs += 400;
      kept.note('message of a', 'redriven');
    }
    kept.note('message of b', 'delivered');
    await kept.flush();

    expect((await planFiles.read(path)).entries.map(({ state }) => state)).toEqual(['redriven', 'delivered']);
  });

  test.each(['no JSON', '{"version":2}', '[]'])('that holds %j is no plan, and that is said', async (content) => {
    const path = join(directory, 'none.json');
    await writeFile(path, content);

    await expect(planFiles.read(path)).rejects.toThrow(`${path} is no plan of \`relay dlq redrive\``);
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  test('takes the place of nothing that is worth keeping', async () => {
    const path = join(directory, 'named.json');
    await planFiles.demandFree(path);
    await planFiles.write(path, stored(entry('a', 'planned')));
    // A dry run may be made as often as it takes.
    await planFiles.demandFree(path);

    await planFiles.write(path, stored(entry('a', 'planned'), entry('b', 'redriven')));
    await expect(planFiles.demandFree(path)).rejects.toThrow('was begun: go on with --resume, or name a new file');
    await writeFile(path, 'export default {}');
    await expect(planFiles.demandFree(path)).rejects.toThrow(`${path} is there, and is no plan`);
  });

  test('that is not there is told by its name', async () => {
    await expect(planFiles.read('/nowhere/plan.json')).rejects.toThrow('cannot read the plan /nowhere/plan.json');
  });

  test('that cannot be written stops a redrive before it sends', async () => {
    const kept = keepPlan('/nowhere/plan.json', stored(), { files: planFiles, now: () => 0 });

    await expect(kept).rejects.toThrow('could not write the plan /nowhere/plan.json');
  });
});
