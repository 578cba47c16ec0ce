import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { renderSimulation } from '../../lib/simulation/render-simulation.ts';
import { runSimulation } from '../../lib/simulation/run-simulation.ts';
import { defaultScenario } from '../../lib/simulation/scenario.ts';

/** It takes two seconds, and several times that under a test runner on a busy machine. */
const longestMs = 120_000;

const page = readFileSync('docs/scale.md', 'utf8');
const [, printed = ''] = /```\n\$ npm --silent run simulate\n(.*?)```/s.exec(page) ?? [];

test(
  'the output on the page is what the command prints',
  async () => {
    const simulation = await runSimulation(defaultScenario);

    expect(printed.trim()).toBe(renderSimulation(simulation, 'with-breaker').trim());
  },
  longestMs,
);

test('every figure in bold type is in that output', () => {
  const figures = Array.from(page.matchAll(/\*\*([^*\n]*\d[^*\n]*)\*\*/g), ([, figure]) => figure ?? '');

  expect(figures.length).toBeGreaterThan(10);
  const cells = new Set(printed.split(/\s{2,}|\n/));
  expect(figures.filter((figure) => !cells.has(figure))).toEqual([]);
});
