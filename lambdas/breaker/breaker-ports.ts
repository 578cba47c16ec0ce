import type { BreakerSettings } from '../contract/breaker-settings.ts';
import type { TrialMessage } from '../contract/parked-message.ts';
import type { BreakerStates, Clock, NewId, ParkedObjects } from '../contract/ports.ts';
import type { LogStep } from '../contract/step-log.ts';
import type { TrialResult } from '../contract/trial-call.ts';
import type { MappingSwitch } from './advance-breaker.ts';

/** A route as the scheduled function knows it. */
export interface WatchedRoute {
  readonly name: string;
  readonly queueUrl: string;
  readonly mappingId: string;
  readonly processorName: string;
  readonly maxConcurrency: number;
}

/** How many messages a queue holds, as SQS counts: approximately, and some seconds late. */
export interface QueueDepth {
  readonly visible: number;
  /** In somebody's hands, hidden until their next attempt, or delayed. */
  readonly hidden: number;
}

/** Event source mappings. Both reject with a retryable error. */
export interface EventSourceMappings {
  /** `changing` while Lambda still carries out an earlier change, and refuses another. */
  read(mappingId: string): Promise<MappingSwitch | 'changing'>;
  apply(mappingId: string, wanted: MappingSwitch): Promise<void>;
}

/** What the scheduled function can do. */
export interface BreakerPorts {
  readonly settings: BreakerSettings;
  readonly queueRetentionMs: number;
  readonly states: BreakerStates;
  readonly mappings: EventSourceMappings;
  readonly parked: ParkedObjects;
  /** Copies of up to ten visible messages, which stay receivable; each costs its message a receive. */
  readonly copySome: (queueUrl: string) => Promise<readonly TrialMessage[]>;
  readonly depthOf: (queueUrl: string) => Promise<QueueDepth>;
  /** Has the route's processor post one event. Never rejects: what went wrong is `unknown`. */
  readonly tryDestination: (processorName: string, trial: TrialMessage) => Promise<TrialResult>;
  readonly now: Clock;
  readonly newId: NewId;
  readonly log: LogStep;
}
