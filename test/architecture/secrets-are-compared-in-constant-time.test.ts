import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** Each comparison of a proof with a secret: from `holdsUnder` to the reason that is given where it does not hold. */
const comparisons = globSync('lambdas/ingest/verify-*.ts').flatMap((path) =>
  Array.from(readFileSync(path, 'utf8').matchAll(/holdsUnder: (.*?)otherwise:/gs), ([, comparison = '']) => ({
    path,
    comparison,
  })),
);

test('every kind of verification compares something', () => {
  expect(comparisons.map(({ path }) => path).sort()).toEqual([
    'lambdas/ingest/verify-basic.ts',
    'lambdas/ingest/verify-header.ts',
    'lambdas/ingest/verify-hmac-sha256.ts',
    'lambdas/ingest/verify-open-messaging.ts',
    'lambdas/ingest/verify-standard-webhooks.ts',
  ]);
});

// No request tells these from a comparison that stops at the first byte, but the time that it takes.
test.each(comparisons)('$path compares with what takes the same time for any bytes', ({ comparison }) => {
  expect(comparison).toMatch(/\b(?:timingSafeEqual|sameBytes)\(/);
  expect(comparison.replaceAll('=== undefined', '')).not.toMatch(
    /[=!]==?[^>]|\.(?:equals|compare|localeCompare|startsWith)\(/,
  );
});

test('what compares texts of any length does so as well', () => {
  expect(readFileSync('lambdas/ingest/same-bytes.ts', 'utf8')).toMatch(
    /return timingSafeEqual\(sha256\(given\), sha256\(expected\)\);/,
  );
});
