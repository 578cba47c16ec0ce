/**
 * Whether an event has only itself to blame for failing again: the destination took others since it last failed this one.
 *
 * Without this, a few events that a healthy destination always fails, each with its repeats, would look like an outage,
 * and pause the route for all others. And it is safe in a real outage, where nothing is delivered: an event that failed
 * before it can blame itself once at the most, and that takes one attempt of it and no more.
 *
 * @param lastFailedAtMs when the destination failed the event before; undefined for the first time
 * @param lastDeliveredAtMs when it last took any event, as far as is known; 0 when it did not
 */
export function blamesItself(lastFailedAtMs: number | undefined, lastDeliveredAtMs: number): boolean {
  return lastFailedAtMs !== undefined && lastDeliveredAtMs > lastFailedAtMs;
}
