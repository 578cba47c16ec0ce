import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { OperatorError } from '../operator-error.ts';

/** Asks for a line of text. With `hidden`, what is typed is not shown. */
export type Ask = (question: string, options: { readonly hidden: boolean }) => Promise<string>;

/**
 * An {@link Ask} on two streams of a terminal.
 *
 * @throws OperatorError `INTERRUPTED` on Ctrl-C and Ctrl-D
 */
export function askOn(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Ask {
  return (question, { hidden }) =>
    new Promise((resolve, reject) => {
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      // readline echoes what is typed on its output: a hidden answer gets one that shows nothing.
      const lines = createInterface({ input, output: hidden ? nowhere : output, terminal: true });
      let answer: string | undefined;
      lines.once('SIGINT', () => lines.close());
      // Only once it is closed has it let go of the input: the next question must not be echoed by this one.
      lines.once('close', () => {
        if (hidden) output.write('\n');
        if (answer === undefined) reject(new OperatorError('INTERRUPTED', 'interrupted: nothing was done'));
        else resolve(answer);
      });
      if (hidden) output.write(question);
      lines.question(hidden ? '' : question, (text) => {
        answer = text;
        lines.close();
      });
    });
}
