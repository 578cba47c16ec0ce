import { expect, test } from '@jest/globals';
import { costOf } from '../../lib/simulation/prices.ts';
import { defaultScenario } from '../../lib/simulation/scenario.ts';
import { simulateOutage } from '../../lib/simulation/simulate-outage.ts';
import { carriageOf, eachUsage } from '../../lib/simulation/usage.ts';

test('SQS bills every 64 KiB of a call', () => {
  expect(carriageOf(2_048)).toEqual({ offloaded: false, sendRequests: 1, receiveRequests: 0.1 });
  expect(carriageOf(100_000)).toEqual({ offloaded: false, sendRequests: 2, receiveRequests: 1.6 });
});

test('a large event is a pointer on the queue', () => {
  expect(carriageOf(1_000_000)).toEqual({ offloaded: true, sendRequests: 1, receiveRequests: 0.1 });
});

test('a delivery without trouble is a send, a tenth of three calls, and two writes', async () => {
  const { quietUsage } = await simulateOutage({ ...defaultScenario, outageSeconds: 60 }, 'with-breaker');
  const ofOne = eachUsage((kind) => quietUsage[kind] / defaultScenario.eventsPerSecond);

  expect(ofOne).toEqual({
    sqsRequests: expect.closeTo(1.2, 6),
    lambdaRequests: expect.closeTo(0.1, 6),
    // 130 ms of 256 MB for ten events.
    lambdaGbSeconds: expect.closeTo(0.003_25, 6),
    dynamoWriteUnits: expect.closeTo(2, 6),
    dynamoReadUnits: expect.closeTo(0.1, 6),
    s3Puts: 0,
    s3Gets: 0,
  });
  expect(costOf(eachUsage((kind) => ofOne[kind] * 1_000_000)).total).toBeCloseTo(1.81, 2);
});
