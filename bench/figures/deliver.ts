import type { Figure, Progress } from '../figure.ts';
import { milliseconds } from '../figure.ts';
import type { DeliverInput, DeliverTurns } from '../subjects/deliver.ts';
import { startBenchRelay } from '../support/bench-relay.ts';
import { median, medianRatio } from '../support/in-turns.ts';
import { runSubject } from '../support/run-subject.ts';
import { startSlowDestination } from '../support/slow-destination.ts';

const destinationMs = 100;

/** A batch of ten through the bundled processor, over ten parallel POSTs and the bare writes. */
export async function measureDeliver(progress: Progress): Promise<readonly Figure[]> {
  progress(`deliver ten events to a destination of ${destinationMs} ms`);
  const destination = await startSlowDestination(destinationMs);
  const relay = await startBenchRelay(1, destination.url);
  try {
    const [route] = relay.routes;
    if (route === undefined) throw new Error('the bench has no route');
    const input: DeliverInput = {
      modulePath: route.processor.modulePath,
      route: route.name,
      queueArn: route.queue.arn,
      table: relay.deliveryTable,
      destination: destination.url,
      rounds: 41,
    };
    const turns = await runSubject<DeliverInput, DeliverTurns>('deliver', input, route.processor.environment);
    return [
      {
        id: 'deliver-batch',
        title: `deliver a batch of ten, ${destinationMs} ms destination`,
        ratio: medianRatio(turns.relay, turns.floor),
        relay: milliseconds(median(turns.relay)),
        reference: `ten POSTs and two bare writes each: ${milliseconds(median(turns.floor))}`,
      },
    ];
  } finally {
    await relay.stop();
    await destination.close();
  }
}
