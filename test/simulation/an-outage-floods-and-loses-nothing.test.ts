import { beforeAll, describe, expect, test } from '@jest/globals';
import { capacityOf } from '../../lib/simulation/batch-time.ts';
import { estimateDrain } from '../../lib/simulation/drain-estimate.ts';
import { type OutageFigures, outageFigures } from '../../lib/simulation/outage-figures.ts';
import { defaultScenario, type Scenario, timings } from '../../lib/simulation/scenario.ts';
import { type Mode, type Run, simulateOutage } from '../../lib/simulation/simulate-outage.ts';

const scenarios: Readonly<Record<string, Scenario>> = {
  'four hours at 1,000 events/s': defaultScenario,
  'a destination that hangs': { ...defaultScenario, outageSeconds: 3_600, outageLatencyMs: 10_000, maxConcurrency: 60 },
  'a destination that fails seven times in ten': { ...defaultScenario, outageSeconds: 3_600, failingShare: 0.7 },
  'a slow destination': { ...defaultScenario, outageSeconds: 1_800, latencyMs: 2_000, maxConcurrency: 500 },
  'a quiet route': { ...defaultScenario, eventsPerSecond: 1, outageSeconds: 3_600, maxConcurrency: 2 },
  'a route that cannot keep up': { ...defaultScenario, outageSeconds: 3_600, maxConcurrency: 10 },
};

/** A run takes a second, and several times that under a test runner on a busy machine. */
const longestMs = 120_000;

const modes: readonly Mode[] = ['with-breaker', 'without-breaker'];

describe.each(Object.entries(scenarios))('%s', (_name, scenario) => {
  describe.each(modes)('%s', (mode) => {
    let run: Run;
    let figures: OutageFigures;
    beforeAll(async () => {
      run = await simulateOutage(scenario, mode);
      figures = outageFigures(run, capacityOf(scenario.maxConcurrency, scenario.latencyMs));
    }, longestMs);

    test('accounts for every event in every second', () => {
      let settled = 0;
      let worst = 0;
      for (const [index, { delivered, dead, visible, inFlight }] of run.course.entries()) {
        settled += delivered + dead;
        const arrived = (index + 1) * scenario.eventsPerSecond;
        worst = Math.max(worst, Math.abs(arrived - settled - visible - inFlight));
      }
      expect(worst).toBeLessThan(0.001);
    });

    test("stays within SQS's limit and the configured concurrency", () => {
      expect(figures.mostInFlight).toBeLessThan(120_000.001);
      expect(figures.mostProcessors).toBeLessThan(scenario.maxConcurrency + 0.001);
      expect(figures.highestReceives).toBeLessThan(timings.maxReceiveCount);
    });

    if (mode === 'without-breaker') return;

    test('has no dead letters, and its events are received a few times', () => {
      expect(figures.deadLetters).toBe(0);
      expect(figures.highestReceives).toBeLessThanOrEqual(5);
    });

    test('makes no POST but trials while it is paused', () => {
      const batchSeconds = Math.ceil(timings.functionTimeoutSeconds);
      const isPaused = (index: number) =>
        run.course.slice(Math.max(0, index - batchSeconds), index + 1).every(({ phase }) => phase === 'open');
      const paused = run.course.filter((_second, index) => isPaused(index));
      expect(paused.length).toBeGreaterThan(1_000);
      expect(paused.filter(({ posts, trials }) => posts > trials)).toEqual([]);
    });

    test('delivers within two minutes of the recovery', () => {
      expect(figures.firstDeliveryAfterS).toBeLessThanOrEqual(120);
    });

    test('comes back step by step', () => {
      expect(figures.postsInMinuteAfter).toBeLessThanOrEqual(2);
    });
  });
});

test(
  'without the breaker the queue is full within minutes, and an outage costs events',
  async () => {
    const run = await simulateOutage(defaultScenario, 'without-breaker');
    const figures = outageFigures(run, capacityOf(defaultScenario.maxConcurrency, defaultScenario.latencyMs));

    expect(figures.inFlightFullAtS).toBeLessThan(600);
    expect(figures.deadLetters).toBeGreaterThan(1_000_000);
    expect(figures.postsDuringOutage).toBeGreaterThan(10_000_000);
  },
  longestMs,
);

test.each([26, 39, 65])('the formula for %d processors is right but for the ramp', async (maxConcurrency) => {
  const { drainedAtS } = await simulateOutage({ ...defaultScenario, maxConcurrency }, 'with-breaker');
  const { drainSeconds } = estimateDrain(defaultScenario, maxConcurrency);

  const simulatedSeconds = (drainedAtS ?? Number.POSITIVE_INFINITY) - defaultScenario.outageSeconds;
  expect(simulatedSeconds).toBeGreaterThan(drainSeconds ?? Number.POSITIVE_INFINITY);
  expect(simulatedSeconds).toBeLessThan((drainSeconds ?? 0) + 900);
});

test('a route that cannot keep up with its events never works off an outage', async () => {
  const { drainedAtS } = await simulateOutage({ ...defaultScenario, maxConcurrency: 10 }, 'with-breaker');

  expect(drainedAtS).toBeUndefined();
  expect(estimateDrain(defaultScenario, 10).drainSeconds).toBeUndefined();
});
