import type { Integration } from '../org/integrations.ts';
import type { Finding } from './finding.ts';

/** An integration that is not active fails every call of its actions. */
export function judgeIntegration({ name, reportedState }: Integration): readonly Finding[] {
  const { code = 'unknown', detail } = reportedState ?? {};
  if (code.toUpperCase() === 'ACTIVE') return [];
  const reason = detail?.message === undefined ? '' : ` (${detail.message})`;
  return [
    {
      severity: 'problem',
      code: 'not-active',
      message: `integration "${name}" is ${code}, not ACTIVE${reason}`,
      next: 'switch it on in Admin, Integrations',
    },
  ];
}
