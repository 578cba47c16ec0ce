import { type Figure, milliseconds, type Progress } from '../figure.ts';
import type { AcceptInput, AcceptTurns } from '../subjects/accept.ts';
import { startBenchRelay } from '../support/bench-relay.ts';
import { median, medianRatio } from '../support/in-turns.ts';
import { runSubject } from '../support/run-subject.ts';

/** What the SDK's `SendMessage` takes in the same region, at the least. */
const serviceMs = 5;

interface Case extends Pick<AcceptInput, 'atOnce' | 'requests' | 'rounds'> {
  readonly kilobytes: number;
  readonly delayMs: number;
}

const cases: readonly Case[] = [
  { kilobytes: 1, atOnce: 1, requests: 100, rounds: 5, delayMs: serviceMs },
  { kilobytes: 1, atOnce: 16, requests: 800, rounds: 9, delayMs: serviceMs },
  { kilobytes: 1, atOnce: 1, requests: 800, rounds: 5, delayMs: 0 },
  { kilobytes: 16, atOnce: 1, requests: 100, rounds: 5, delayMs: serviceMs },
  { kilobytes: 16, atOnce: 16, requests: 160, rounds: 9, delayMs: serviceMs },
  { kilobytes: 200, atOnce: 1, requests: 40, rounds: 5, delayMs: serviceMs },
  { kilobytes: 200, atOnce: 16, requests: 64, rounds: 7, delayMs: serviceMs },
  { kilobytes: 900, atOnce: 1, requests: 20, rounds: 5, delayMs: serviceMs },
  { kilobytes: 900, atOnce: 16, requests: 32, rounds: 5, delayMs: serviceMs },
];

/** A webhook through the warm, bundled ingest handler, over the bare calls that store the same bytes. */
export async function measureAccept(progress: Progress): Promise<readonly Figure[]> {
  const relay = await startBenchRelay(1, 'http://127.0.0.1:9/');
  try {
    const [route] = relay.routes;
    if (route === undefined) throw new Error('the bench has no route');
    const figures: Figure[] = [];
    for (const { kilobytes, delayMs, ...how } of cases) {
      const floor = kilobytes === 900 ? 'PutObject and SendMessage' : 'SendMessage';
      const manner = how.atOnce === 1 ? 'one at a time' : `${how.atOnce} at once`;
      const title = `accept ${kilobytes} KB, ${manner}${delayMs === 0 ? ', emulator as fast as it can' : ''}`;
      progress(title);
      relay.delayAnswers(delayMs);
      const input: AcceptInput = {
        ...how,
        bytes: kilobytes * 1_000,
        offloaded: kilobytes === 900,
        modulePath: relay.ingest.modulePath,
        route: route.name,
        secret: route.secret,
        queueUrl: route.queue.url,
        bucket: relay.payloadBucket,
      };
      const turns = await runSubject<AcceptInput, AcceptTurns>('accept', input, relay.ingest.environment);
      figures.push({
        id: `accept-${kilobytes}kb-${how.atOnce}${delayMs === 0 ? '-at-full-speed' : ''}`,
        title,
        ratio: medianRatio(turns.relay, turns.floor),
        relay: milliseconds(median(turns.relay)),
        reference: `bare ${floor}: ${milliseconds(median(turns.floor))}`,
      });
    }
    return figures;
  } finally {
    await relay.stop();
  }
}
