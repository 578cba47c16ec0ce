import type { BreakerSettings } from '../contract/breaker-settings.ts';
import type {
  BreakerStates,
  Clock,
  EventSourceMappings,
  LookAtQueue,
  NewId,
  ParkedObjects,
  TryDestination,
} from '../contract/ports.ts';
import type { LogStep } from '../contract/step-log.ts';

/** A route as the scheduled function knows it. */
export interface WatchedRoute {
  readonly name: string;
  readonly queueUrl: string;
  readonly mappingId: string;
  readonly processorName: string;
  readonly maxConcurrency: number;
}

/** What the scheduled function can do. */
export interface BreakerPorts extends LookAtQueue {
  readonly settings: BreakerSettings;
  readonly queueRetentionMs: number;
  readonly states: BreakerStates;
  readonly mappings: EventSourceMappings;
  readonly parked: ParkedObjects;
  readonly tryDestination: TryDestination;
  readonly now: Clock;
  readonly newId: NewId;
  readonly log: LogStep;
}
