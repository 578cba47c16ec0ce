/** How often, and how far apart, a route's destination is tried. */
export interface RetrySettings {
  readonly maxAttempts: number;
  readonly baseSeconds: number;
  readonly capSeconds: number;
}
