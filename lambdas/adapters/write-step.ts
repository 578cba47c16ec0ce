import type { LogStep, Step } from '../contract/step-log.ts';

const levels: Readonly<Record<Step['step'], 'INFO' | 'WARN' | 'ERROR'>> = {
  accepted: 'INFO',
  offloaded: 'INFO',
  delivered: 'INFO',
  duplicate: 'INFO',
  waiting: 'INFO',
  swept: 'INFO',
  renewed: 'INFO',
  trial: 'INFO',
  breaker: 'WARN',
  spilled: 'WARN',
  refused: 'WARN',
  retrying: 'WARN',
  'dead-letter': 'ERROR',
  'not-stored': 'ERROR',
  fault: 'ERROR',
};

/** One JSON line on standard output, which CloudWatch Logs takes as it is and can query by field. */
export const writeStep: LogStep = (step) => {
  process.stdout.write(`${JSON.stringify({ level: levels[step.step], time: new Date().toISOString(), ...step })}\n`);
};
