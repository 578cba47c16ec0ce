import { SingleBar } from 'cli-progress';

/** Shows how far a long command is. */
export interface ProgressBar {
  /** @param tail what stands behind the numbers */
  update(done: number, tail: string): void;
  /** Takes the bar away; what is printed afterwards starts on a clean line. */
  stop(): void;
}

export type OpenProgressBar = (total: number) => ProgressBar;

/** Leaves room for two six-digit numbers and their tail within 100 columns. */
const barWidth = 24;

/** Bars on a terminal; on anything else they show nothing. */
export function progressBarsOn(stream: NodeJS.WriteStream): OpenProgressBar {
  return (total) => {
    const bar = new SingleBar({
      format: '{bar} {value}/{total}  {tail}',
      barsize: barWidth,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      clearOnComplete: true,
      // It would stop at Ctrl-C by itself, and be drawn once more by what comes after.
      gracefulExit: false,
      fps: 5,
      stream,
    });
    bar.start(total, 0, { tail: '' });
    return {
      update: (done, tail) => bar.update(done, { tail }),
      stop: () => bar.stop(),
    };
  };
}
