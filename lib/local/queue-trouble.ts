/** Tells when a queue can no longer be used and when it can again, not each time that it was tried in between. */
export interface QueueTrouble {
  failed(problem: string): void;
  worked(): void;
}

/** @param report gets one line when the trouble begins, and one when it ends */
export function watchQueueTrouble(queueUrl: string, report: (line: string) => void): QueueTrouble {
  let inTrouble = false;
  return {
    failed: (problem) => {
      if (inTrouble) return;
      inTrouble = true;
      report(problem);
    },
    worked: () => {
      if (inTrouble) report(`${queueUrl} can be used again`);
      inTrouble = false;
    },
  };
}
