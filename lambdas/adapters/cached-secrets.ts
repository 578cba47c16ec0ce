import { describeError, ServiceUnavailableError } from '../contract/errors.ts';
import type { Clock, SecretSource } from '../contract/ports.ts';
import type { Step } from '../contract/step-log.ts';

/** How long secrets are used without asking again. */
export const secretLifeMs = 5 * 60_000;

/** What does not match may be signed with a secret of the last minutes: then they are read early, once in so long. */
const earlyReadEveryMs = 30_000;

/** How long secrets are used while they cannot be read again, and how long after a failure that is not even tried. */
const longestUseMs = 60 * 60_000;
const retryEveryMs = 30_000;

/** Reads the secrets that are valid for a route just now. */
export type ReadSecrets = (secretArn: string, withinMs: number | undefined) => Promise<readonly string[]>;

/** Told when a secret could not be read, at most once in half a minute for each: many may be waiting for it. */
export type TellUnreadable = (unreadable: UnreadableSecret) => void;

export type UnreadableSecret = Omit<Extract<Step, { step: 'secret-unreadable' }>, 'step' | 'route'>;

interface CachedSecrets {
  held?: { readonly values: readonly string[]; readonly readAtMs: number };
  /** Shared by all who wait for it, and forgotten once it is over: a failure is never kept. */
  reading?: Promise<readonly string[]> | undefined;
  /** When the last read failed; undefined after one that did not. */
  failedAtMs?: number | undefined;
  earlyReadAtMs?: number;
  toldAtMs?: number;
}

/**
 * Keeps what was read for five minutes. Secrets that cannot be read again are used for an hour: an outage of the secret
 * store is no reason to lose webhooks. A request that does not match what is kept is not refused on its word alone: the
 * secrets are read early, and while that fails the request is neither accepted nor refused.
 */
export function cachedSecrets(read: ReadSecrets, now: Clock, tell: TellUnreadable): SecretSource {
  const cache = new Map<string, CachedSecrets>();

  function readShared(secretArn: string, cached: CachedSecrets, withinMs: number | undefined) {
    cached.reading ??= readOnce(secretArn, cached, withinMs);
    return cached.reading;
  }

  async function readOnce(secretArn: string, cached: CachedSecrets, withinMs: number | undefined) {
    const readAtMs = now();
    try {
      const values = await read(secretArn, withinMs);
      cached.held = { values, readAtMs };
      cached.failedAtMs = undefined;
      return values;
    } catch (error) {
      cached.failedAtMs = now();
      tellOf(secretArn, cached, error);
      throw error;
    } finally {
      cached.reading = undefined;
    }
  }

  function tellOf(secret: string, cached: CachedSecrets, error: unknown): void {
    if (!passed(cached.toldAtMs, retryEveryMs)) return;
    cached.toldAtMs = now();
    tell({ secret, inUse: isUsable(cached) ? 'stale' : 'none', error: describeError(error) });
  }

  async function valid(secretArn: string, cached: CachedSecrets, withinMs: number | undefined) {
    const { held, failedAtMs } = cached;
    if (held === undefined || !isUsable(cached)) return readShared(secretArn, cached, withinMs);
    if (!passed(held.readAtMs, secretLifeMs) || !passed(failedAtMs, retryEveryMs)) return held.values;
    return readShared(secretArn, cached, withinMs).catch(() => held.values);
  }

  async function newerThan(
    refused: readonly string[],
    secretArn: string,
    cached: CachedSecrets,
    withinMs: number | undefined,
  ) {
    if (cached.held !== undefined && cached.held.values !== refused) return cached.held.values;
    if (cached.reading !== undefined) return cached.reading;
    if (passed(cached.earlyReadAtMs, earlyReadEveryMs)) {
      cached.earlyReadAtMs = now();
      return readShared(secretArn, cached, withinMs);
    }
    if (cached.failedAtMs === undefined) return refused;
    throw new ServiceUnavailableError('the secrets could not be read again, and may have changed');
  }

  function isUsable({ held }: CachedSecrets): boolean {
    return held !== undefined && !passed(held.readAtMs, longestUseMs);
  }

  /** Whether so much time has gone by since then; true for never. */
  function passed(sinceMs: number | undefined, durationMs: number): boolean {
    return sinceMs === undefined || now() - sinceMs >= durationMs;
  }

  return (secretArn, { withinMs, refused } = {}) => {
    const cached = cache.get(secretArn) ?? {};
    cache.set(secretArn, cached);
    return refused === undefined ? valid(secretArn, cached, withinMs) : newerThan(refused, secretArn, cached, withinMs);
  };
}
