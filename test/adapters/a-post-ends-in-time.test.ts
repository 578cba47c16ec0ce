import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { DeliveryRequest, DestinationAnswer } from '../../lambdas/contract/ports.ts';
import { loopbackDestination } from '../support/loopback-destination.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';
import { settableClock } from '../support/settable-clock.ts';
import { waitUntil } from '../support/wait-until.ts';

const timeoutMs = 250;

function request(changes: Partial<DeliveryRequest> = {}): DeliveryRequest {
  return { headers: {}, body: Buffer.from('{}'), timeoutMs, ...changes };
}

let server: RecordingServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function postTo(
  answer: (response: ServerResponse, number: number) => void,
  changes: Partial<DeliveryRequest> = {},
): Promise<{ outcome: DestinationAnswer; tookMs: number; server: RecordingServer }> {
  server = await recordingServer(answer);
  const startedMs = performance.now();
  const outcome = await loopbackDestination(server.url)(request(changes));
  return { outcome, tookMs: performance.now() - startedMs, server };
}

describe('a destination that takes too long', () => {
  test('is timed out at the deadline, and its connection is closed', async () => {
    const { outcome, tookMs, server } = await postTo(() => {});
    expect(outcome).toEqual({ kind: 'timed-out', afterMs: timeoutMs });
    // Timers may fire a millisecond early; a machine under load is late.
    expect(tookMs).toBeGreaterThan(timeoutMs - 5);
    expect(tookMs).toBeLessThan(timeoutMs + 2_000);
    await waitUntil('the connection is closed', () => server.connections.every(({ destroyed }) => destroyed));
  });

  test('is timed out although it keeps sending interim answers', async () => {
    const { outcome } = await postTo((response) => {
      const again = setInterval(() => response.writeProcessing(), 20);
      response.on('close', () => clearInterval(again));
    });
    expect(outcome).toEqual({ kind: 'timed-out', afterMs: timeoutMs });
  });

  test('shares one deadline between a stale connection and the new one', async () => {
    server = await recordingServer((response, number) => {
      if (number === 1) response.end();
      if (number === 2) setTimeout(() => response.socket?.resetAndDestroy(), 800);
    });
    const clock = settableClock();
    const post = loopbackDestination(server.url, clock.now);
    await post(request());
    clock.advance(5_000);
    const startedMs = performance.now();
    expect(await post(request({ timeoutMs: 1_000 }))).toEqual({ kind: 'timed-out', afterMs: 1_000 });
    expect(performance.now() - startedMs).toBeLessThan(1_700);
    expect(server.requests).toHaveLength(3);
  });
});

describe('a destination whose answer has no end', () => {
  test('has answered with its status, and is cut off after 64 KiB', async () => {
    let written = 0;
    const { outcome, server } = await postTo(
      (response) => {
        const pour = () => {
          while (!response.destroyed && response.write(Buffer.alloc(8_192))) written += 8_192;
        };
        response.on('drain', pour);
        pour();
      },
      { timeoutMs: 5_000 },
    );
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
    await waitUntil('the connection is closed', () => server.connections.every(({ destroyed }) => destroyed));
    // What the system's socket buffers take comes on top; in the second that a trickle is given, it would be far more.
    expect(written).toBeLessThan(32 * 1_048_576);
  });

  test('has answered with its status, and is cut off when it trickles', async () => {
    const { outcome, tookMs, server } = await postTo(
      (response) => {
        const trickle = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(trickle));
      },
      { timeoutMs: 60_000 },
    );
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
    expect(tookMs).toBeLessThan(1_000);
    await waitUntil('the connection is closed', () => server.connections.every(({ destroyed }) => destroyed));
  });

  test('is not waited for by a deadline that has passed meanwhile', async () => {
    const { outcome, server } = await postTo((response) => {
      response.write('.');
    });
    expect(outcome).toMatchObject({ kind: 'answered', status: 200 });
    await waitUntil('the connection is closed', () => server.connections.every(({ destroyed }) => destroyed));
  });
});
