/** When a route's breaker opens, and how it closes again. */
export interface BreakerSettings {
  /** How long attempts are counted before the count starts anew. */
  readonly windowSeconds: number;
  /** Attempts in a window before its share of failures means anything. */
  readonly minimumAttempts: number;
  /** Share of failed attempts, 0 to 1, at which the route is paused. */
  readonly failureRatio: number;
  /** Failures with no success between them that pause a route with few events… */
  readonly streakLength: number;
  /** …once they have gone on for this long: on a busy route three failures in a row are nothing. */
  readonly streakSeconds: number;
  /** Shortest pause; doubles with each relapse. */
  readonly pauseSeconds: number;
  readonly longestPauseSeconds: number;
  /** A destination that asks for a longer wait than this pauses the route; a shorter one is waited for. */
  readonly longestHeldWaitSeconds: number;
  /** How long a message is hidden that reached a processor while its route was paused. */
  readonly pausedHideSeconds: number;
  /**
   * How long a message is hidden of which the scheduled function has a copy: it is that copy which is delivered first, so
   * the original need not be seen, and seeing it would cost a receive.
   */
  readonly trialHideSeconds: number;
  /** How often the scheduled function looks. */
  readonly tickSeconds: number;
}
