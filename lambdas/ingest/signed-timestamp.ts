/** Seconds since 1970, and nothing else: what is signed around a timestamp must read in one way only. */
const timestampForm = /^\d{1,12}$/;

/**
 * Whether a signed timestamp is near enough to now. Without that, whoever has seen a request once could repeat it for
 * ever; within the tolerance the event id makes the repeat a duplicate.
 */
export function judgeTimestamp(
  header: string,
  toleranceSeconds: number,
  nowMs: number,
): 'good' | 'malformed' | 'outside-tolerance' {
  if (!timestampForm.test(header)) return 'malformed';
  const offSeconds = Math.abs(Number(header) - Math.floor(nowMs / 1_000));
  return offSeconds <= toleranceSeconds ? 'good' : 'outside-tolerance';
}
