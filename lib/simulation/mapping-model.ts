import type { EventSourceMappings, MappingSwitch } from '../../lambdas/contract/ports.ts';
import { firstPollers, mappingChangeSeconds, pollersPerSecond } from './aws-model.ts';

/** Lambda's event source mapping: takes its time to be switched, and grows by steps. */
export interface MappingModel extends EventSourceMappings {
  /** One second of it. */
  advance(nowS: number): void;
  /** Processors that it keeps busy, if there is enough to do. */
  readonly concurrency: number;
}

/** Of a route that has been busy for a while. */
export function mappingModel(maxConcurrency: number): MappingModel {
  let nowS = Number.NEGATIVE_INFINITY;
  let active: MappingSwitch = { enabled: true, concurrency: maxConcurrency };
  let change: { readonly wanted: MappingSwitch; readonly atS: number } | undefined;
  let concurrency = maxConcurrency;

  return {
    read: async () => (change === undefined ? active : 'changing'),

    async apply(_mappingId, wanted) {
      change = { wanted, atS: nowS + mappingChangeSeconds };
    },

    advance(atS) {
      nowS = atS;
      if (change !== undefined && nowS >= change.atS) {
        active = change.wanted;
        change = undefined;
      }
      const most = active.enabled ? active.concurrency : 0;
      concurrency = Math.min(most, concurrency === 0 ? firstPollers : concurrency + pollersPerSecond);
    },

    get concurrency() {
      return concurrency;
    },
  };
}
