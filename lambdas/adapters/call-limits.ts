/**
 * How long a call to AWS may take. The SDK's own defaults wait for minutes, longer than Genesys (10 s) or Lambda do;
 * AWS answers these calls within tens of milliseconds, so a slow one is better tried again on another connection.
 *
 * Two tries of 1 s to connect and 2 s to answer: 6 s and a little backoff at worst.
 */
export const callLimits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;
