import type { Phase } from '../../../lambdas/contract/breaker-state.ts';

/** What people are told of a route whose breaker is in a phase, on every screen. */
export const phaseWords = {
  closed: 'flowing',
  open: 'paused',
  'half-open': 'reopening',
  ramping: 'ramping up',
} as const satisfies Readonly<Record<Phase['kind'], string>>;
