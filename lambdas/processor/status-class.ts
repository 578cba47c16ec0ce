import type { StatusClass } from '../contract/metric-names.ts';
import type { DestinationAnswer } from '../contract/ports.ts';

/** What failed attempts are counted by. Too Many Requests by itself: it is no failure, and has another remedy. */
export function statusClassOf(answer: DestinationAnswer): StatusClass {
  switch (answer.kind) {
    case 'timed-out':
      return 'timeout';
    case 'unreachable':
    case 'out-of-reach':
      return 'network';
    case 'answered':
      if (answer.status === 429) return '429';
      if (answer.status >= 500) return '5xx';
      return answer.status >= 400 ? '4xx' : '3xx';
  }
}
