import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { type Paint, renderDelivery, renderReady, renderStep } from './render-run.ts';
import type { LocalRelay, LocalRelayOptions } from './run-local.ts';

const samplePath = fileURLToPath(new URL('../../samples/open-messaging-text.json', import.meta.url));

/** How a run is shown: what to tell {@link LocalRelayOptions}, and what to do once it is ready. */
export type Presentation = Required<Pick<LocalRelayOptions, 'onStep' | 'onOutput' | 'onDelivery'>> & {
  readonly onReady: (relay: LocalRelay) => Promise<void>;
};

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** For people: everything on standard output, but for what the functions say beside their steps. */
export function presentAsText({ stdout, stderr }: Streams): Presentation {
  const paint = painter(stdout);
  return {
    onReady: async ({ ready, config }) => {
      const sample = { path: samplePath, bytes: await readFile(samplePath) };
      stdout.write(`${renderReady(ready, config, sample, paint)}\n`);
    },
    onStep: (step) => stdout.write(`${renderStep(step, Date.now(), paint, columnsOf(stdout))}\n`),
    onDelivery: (delivery) => stdout.write(`${renderDelivery(delivery, Date.now(), paint, columnsOf(stdout))}\n`),
    onOutput: dimmed(stderr),
  };
}

/** For programs: one JSON object a line on standard output, first the ready message and then the steps. */
export function presentAsJson({ stdout, stderr }: Streams): Presentation {
  const early: string[] = [];
  let ready = false;
  const paint = painter(stderr);
  return {
    onReady: async (relay) => {
      ready = true;
      stdout.write([JSON.stringify(relay.ready), ...early, ''].join('\n'));
    },
    onStep: (step) => {
      const line = JSON.stringify(step);
      // A request can come in between the last thing to start and the ready message, which has to be first.
      if (ready) stdout.write(`${line}\n`);
      else early.push(line);
    },
    onDelivery: (delivery) => stderr.write(`${renderDelivery(delivery, Date.now(), paint)}\n`),
    onOutput: dimmed(stderr),
  };
}

/** Colours only where the stream is a terminal and the environment does not forbid them (NO_COLOR). */
function painter(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream });
}

/** Asked anew for each line: a terminal can be made wider. */
function columnsOf(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY ? stream.columns : undefined;
}

function dimmed(stream: NodeJS.WriteStream): (line: string) => void {
  const paint = painter(stream);
  return (line) => stream.write(`${paint('dim', line)}\n`);
}
