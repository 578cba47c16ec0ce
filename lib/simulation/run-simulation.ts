import { capacityOf } from './batch-time.ts';
import { outageFigures } from './outage-figures.ts';
import type { Simulation, Told } from './render-simulation.ts';
import type { Scenario } from './scenario.ts';
import { type Mode, simulateOutage } from './simulate-outage.ts';

/** The same outage with the breaker and without. */
export async function runSimulation(scenario: Scenario): Promise<Simulation> {
  const tell = async (mode: Mode): Promise<Told> => {
    const run = await simulateOutage(scenario, mode);
    return { run, figures: outageFigures(run, capacityOf(scenario.maxConcurrency, scenario.latencyMs)) };
  };
  return { scenario, withBreaker: await tell('with-breaker'), withoutBreaker: await tell('without-breaker') };
}

/** What `--json` prints: each mode's figures, and its course minute by minute. */
export function simulationDocument({ scenario, withBreaker, withoutBreaker }: Simulation) {
  const document = ({ run, figures }: Told) => ({
    // JSON has no undefined: a moment that never comes is null.
    ...figures,
    inFlightFullAtS: figures.inFlightFullAtS ?? null,
    firstDeliveryAfterS: figures.firstDeliveryAfterS ?? null,
    fullFlowAfterS: figures.fullFlowAfterS ?? null,
    drainedAfterS: figures.drainedAfterS ?? null,
    course: run.course.filter(({ atS }) => atS % 60 === 0),
  });
  return { scenario, withBreaker: document(withBreaker), withoutBreaker: document(withoutBreaker) };
}
