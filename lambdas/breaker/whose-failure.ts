/**
 * Whether an event has only itself to blame for failing again: the destination took others since it last failed this one.
 *
 * Without this, a few events that a healthy destination always fails, each with its repeats, would look like an outage,
 * and pause the route for all others. In a real outage nothing is delivered, so that an event which failed before it can
 * blame itself once. A destination that fails three in four at random is judged by first attempts alone: it is paused
 * later than it could be, or not at all, and delivers more for that.
 *
 * @param lastFailedAtMs when the destination failed the event before; undefined for the first time
 * @param lastDeliveredAtMs when it last took any event, as far as is known; 0 when it did not
 */
export function blamesItself(lastFailedAtMs: number | undefined, lastDeliveredAtMs: number): boolean {
  return lastFailedAtMs !== undefined && lastDeliveredAtMs > lastFailedAtMs;
}
