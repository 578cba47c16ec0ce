import { expect, test } from '@jest/globals';
import { fail } from '../../lib/operator/doctor/finding.ts';
import { renderFindings } from '../../lib/operator/doctor/render-findings.ts';

test('a command is not broken where its line is: half of it would look at another relay', () => {
  const resume = 'npx relay route resume main --stack Relay-Prod --region eu-central-1';
  const list = 'npx relay route list --stack Relay-Prod --region eu-central-1';
  const finding = { check: 'breaker', route: 'main', ...fail('paused', `until you resume it: ${resume}; ${list}`) };

  const lines = renderFindings([finding], { columns: 80, paint: (_style, text) => text }).split('\n');

  expect(lines.map((line) => line.trim())).toEqual(
    expect.arrayContaining(['→ until you resume it:', `${resume};`, list]),
  );
});
