import { createInterface } from 'node:readline';

/** Asks a yes-or-no question. */
export type Confirm = (question: string) => Promise<boolean>;

/**
 * A {@link Confirm} on two streams. Only "y" and "yes" are a yes; Enter, the end of the input (Ctrl-D) and Ctrl-C are
 * a no.
 */
export function confirmOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Confirm {
  return (question) =>
    new Promise((resolve) => {
      const lines = createInterface({ input, output });
      // On a terminal readline takes Ctrl-C for itself; unanswered it would leave the process without a next step.
      lines.once('SIGINT', () => lines.close());
      lines.once('close', () => resolve(false));
      lines.question(`${question} [y/N] `, (answer) => {
        resolve(/^y(es)?$/i.test(answer.trim()));
        lines.close();
      });
    });
}
