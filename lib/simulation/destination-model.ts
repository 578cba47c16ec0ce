import type { Scenario } from './scenario.ts';

/** A destination that fails from second 0 on, for as long as the outage lasts. */
export interface DestinationModel {
  /** Share of POSTs that fail just now. */
  failingShare(nowS: number): number;
  postMs(nowS: number): number;
  /** Whether a single POST is answered well. Of many, the share that fails is the scenario's, evenly spread. */
  answersOne(nowS: number): boolean;
}

export function destinationModel(scenario: Scenario): DestinationModel {
  const isDown = (nowS: number) => nowS >= 0 && nowS < scenario.outageSeconds;
  const failingShare = (nowS: number) => (isDown(nowS) ? scenario.failingShare : 0);
  let owed = 0;
  return {
    failingShare,
    postMs: (nowS) => (isDown(nowS) ? scenario.outageLatencyMs : scenario.latencyMs),
    answersOne(nowS) {
      owed += 1 - failingShare(nowS);
      if (owed < 1) return false;
      owed -= 1;
      return true;
    },
  };
}
