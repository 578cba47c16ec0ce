/**
 * How long a call to AWS may take. The SDK's own defaults wait for minutes, longer than Genesys (10 s) or Lambda do;
 * AWS answers these calls within tens of milliseconds, so a slow one is better tried again on another connection.
 *
 * Two tries of 2 s, the first of them spent connecting at most: 4 s and a little backoff at worst.
 */
export const callLimits = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;

/** What a call may take in all when its caller names no time of its own. */
export const longestCallMs = 5_000;
