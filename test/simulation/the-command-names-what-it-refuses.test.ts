import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';

function simulate(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/simulate.ts', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('npm run simulate', () => {
  test.each([
    ['--rate', '0', 'a whole number from 1 to 20,000'],
    ['--outage', '4d', 'a time from 1m to 3d'],
    ['--outage', '4', 'a time from 1m to 3d'],
    ['--latency', '10001', 'a whole number from 1 to 10,000'],
    ['--outage-latency', '-5', 'a whole number from 1 to 10,000'],
    ['--concurrency', '1', 'a whole number from 2 to 1,000'],
    ['--size', '1.5', 'a whole number from 1 to 6,000,000'],
    ['--failing', '1.1', 'a number from 0.01 to 1'],
  ])('refuses %s %s', (flag, value, allowed) => {
    const { status, stdout, stderr } = simulate(flag, value);

    expect(stderr).toContain(`'${value}'`);
    expect(stderr).toContain(allowed);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });

  test('prints its figures as JSON, and a moment that never comes as null', () => {
    const { status, stdout } = simulate('--rate', '20', '--outage', '10m', '--concurrency', '2', '--json');

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      scenario: { eventsPerSecond: 20, outageSeconds: 600, maxConcurrency: 2 },
      withBreaker: { deadLetters: 0, inFlightFullAtS: null },
      withoutBreaker: { course: expect.arrayContaining([expect.objectContaining({ atS: 0 })]) },
    });
  });

  test('shows the course of either mode', () => {
    const small = ['--rate', '20', '--outage', '10m'];

    expect(simulate(...small).stdout).toContain('\nWith the breaker:\n');
    expect(simulate(...small, '--without-breaker').stdout).toContain('\nWithout the breaker:\n');
  });
});
