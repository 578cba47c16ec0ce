import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { ladderProblems, type RetentionLadder } from '../../lib/infra/retention-ladder.ts';
import { inStack, twoRoutes } from '../support/synthesized-stack.ts';

const day = 86_400;

const sound: RetentionLadder = {
  queue: 7 * day,
  deadLetters: 14 * day,
  payloads: 45 * day,
  trials: 14 * day,
  pausedEventTooOld: 6.5 * day,
  deadLetterWarning: 3 * day,
};

describe('what is kept for how long', () => {
  test('lines up', () => {
    expect(ladderProblems(sound)).toEqual([]);
  });

  test.each<[string, Partial<RetentionLadder>, RegExp]>([
    [
      'a dead letter is gone before its queue would have deleted it',
      { deadLetters: 7 * day },
      /^the queue keeps messages for 604800 s and the dead letter queue for 604800 s/,
    ],
    [
      'the age of an event is an alarm when it is gone',
      { pausedEventTooOld: 7 * day },
      /^the age of the oldest event .* 604800 s/,
    ],
    ['a dead letter arrives in alarm', { deadLetterWarning: 7 * day }, /^the alarm for expiring dead letters/],
    ['the copy for a trial is gone before its event', { trials: 6 * day }, /^the copies of trials/],
    ['a body is gone before its event', { payloads: 42 * day }, /^offloaded bodies are kept for 3628800 s/],
  ])('does not when %s', (_what, change, problem) => {
    expect(ladderProblems({ ...sound, ...change })).toContainEqual(expect.stringMatching(problem));
  });
});

test('synth fails on the queues as they come out, whoever changed them, and names the route', () => {
  const synthesizeChanged = () =>
    inStack(twoRoutes, (stack) => {
      for (const construct of stack.node.findAll()) {
        if (construct instanceof CfnQueue && construct.node.path.includes('telemetry/DeadLetterQueue')) {
          construct.messageRetentionPeriod = 4 * day;
        }
      }
      return Template.fromStack(stack);
    });
  expect(synthesizeChanged).toThrow(
    /route telemetry: the queue keeps messages for 604800 s and the dead letter queue for 345600 s/,
  );
});
