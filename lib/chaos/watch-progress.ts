/** How far a run has come. */
export interface ChaosProgress {
  readonly elapsedMs: number;
  /** Times that something was sent, copies too, and what came of it is known. */
  readonly sent: number;
  /** POSTs that the destination took. */
  readonly taken: number;
  /** What is down just now, and how. */
  readonly down: string | undefined;
  /** What is still under way; undefined until everything is sent. */
  readonly backlog: number | undefined;
}

export interface ProgressWatch {
  onSent(): void;
  onTrouble(down: string | undefined): void;
  onBacklog(backlog: number): void;
  stop(): void;
}

const tellEveryMs = 500;

/** Tells of it twice a second, until it is stopped. */
export function watchProgress(countTaken: () => number, onProgress: (progress: ChaosProgress) => void): ProgressWatch {
  const startedMs = performance.now();
  let sent = 0;
  let down: string | undefined;
  let backlog: number | undefined;
  const timer = setInterval(() => {
    onProgress({ elapsedMs: performance.now() - startedMs, sent, taken: countTaken(), down, backlog });
  }, tellEveryMs);
  return {
    onSent: () => {
      sent++;
    },
    onTrouble: (next) => {
      down = next;
    },
    onBacklog: (found) => {
      backlog = found;
    },
    stop: () => clearInterval(timer),
  };
}
