/** Things seen over time, and a way to wait for one. */
export interface Sightings<Thing> {
  readonly all: readonly Thing[];
  /**
   * The first thing that fits, among those seen already or still to come.
   *
   * @param deadlineMs from now
   * @throws Error after the deadline that lists what was seen instead; or the reason of the signal
   */
  waitFor(fits: (thing: Thing) => boolean, deadlineMs?: number): Promise<Thing>;
}

/** Long enough for a busy machine: only what has gone wrong waits for it. */
const defaultDeadlineMs = 15_000;

/**
 * @param what the kind of thing, for the error
 * @param signal ends all waiting
 */
export function watchFor<Thing>(
  what: string,
  signal?: AbortSignal,
): Sightings<Thing> & { readonly add: (thing: Thing) => void } {
  const all: Thing[] = [];
  const listeners = new Set<(thing: Thing) => void>();
  return {
    all,
    add: (thing) => {
      all.push(thing);
      for (const listen of listeners) listen(thing);
    },
    waitFor: async (fits, deadlineMs = defaultDeadlineMs) => {
      signal?.throwIfAborted();
      const seen = all.find(fits);
      if (seen !== undefined) return seen;

      const { promise, resolve, reject } = Promise.withResolvers<Thing>();
      const listen = (thing: Thing) => {
        if (fits(thing)) resolve(thing);
      };
      const onAbort = () => reject(signal?.reason);
      const timer = setTimeout(() => {
        reject(new Error(`no such ${what} within ${deadlineMs} ms; seen: ${JSON.stringify(all, withoutBodies)}`));
      }, deadlineMs);
      listeners.add(listen);
      signal?.addEventListener('abort', onAbort);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        listeners.delete(listen);
        signal?.removeEventListener('abort', onAbort);
      }
    },
  };
}

function withoutBodies(key: string, value: unknown): unknown {
  return key === 'body' ? '…' : value;
}
