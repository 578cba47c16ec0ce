import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loopbackDestination } from '../support/loopback-destination.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';
import { type SettableClock, settableClock } from '../support/settable-clock.ts';
import { waitUntil } from '../support/wait-until.ts';

const body = Buffer.from([0x00, 0xff, 0x7b, 0x7d]);
const request = { headers: { 'webhook-id': 'e-1' }, body, timeoutMs: 5_000 };

describe('a connection to the destination', () => {
  let server: RecordingServer;
  afterEach(() => server.close());
  let clock: SettableClock;
  beforeEach(() => {
    clock = settableClock();
  });

  /** Long enough that the other side may have closed the connection unnoticed. */
  const stayIdle = () => clock.moveTo(clock.now() + 1_000);

  async function destination(answer: (response: ServerResponse, number: number) => void) {
    server = await recordingServer(answer);
    return loopbackDestination(server.url, clock.now);
  }

  test('serves one POST after another', async () => {
    const post = await destination((response) => response.end('thank you'));
    for (let number = 1; number <= 3; number++) expect(await post(request)).toMatchObject({ status: 200 });
    expect(server.connections).toHaveLength(1);
  });

  test('is not shared by POSTs at the same moment', async () => {
    const waiting: ServerResponse[] = [];
    const post = await destination((response, number) => {
      waiting.push(response);
      if (number === 3) for (const each of waiting) each.end();
    });
    const answers = await Promise.all([post(request), post(request), post(request)]);
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
    expect(server.connections).toHaveLength(3);
  });

  test('that the destination has closed meanwhile is replaced', async () => {
    const post = await destination((response) => response.end());
    await post(request);
    server.connections[0]?.destroy();
    stayIdle();
    expect(await post(request)).toMatchObject({ kind: 'answered', status: 200 });
    await waitUntil('a second connection', () => server.connections.length === 2);
  });

  test('that turns out to be stale is replaced once, and the same bytes are sent again', async () => {
    const post = await destination((response, number) => {
      if (number === 2) response.socket?.resetAndDestroy();
      else response.end();
    });
    await post(request);
    stayIdle();
    expect(await post(request)).toMatchObject({ kind: 'answered', status: 200 });
    expect(server.requests).toHaveLength(3);
    expect(server.requests.at(-1)).toMatchObject({ body: new Uint8Array(body), headers: { 'webhook-id': 'e-1' } });
    expect(server.connections).toHaveLength(2);
  });

  test('is replaced only once: a destination that resets that too is unreachable', async () => {
    const post = await destination((response, number) => {
      if (number === 1) response.end();
      else response.socket?.resetAndDestroy();
    });
    await post(request);
    stayIdle();
    expect(await post(request)).toEqual({ kind: 'unreachable', code: 'ECONNRESET' });
    expect(server.requests).toHaveLength(3);
  });

  test('that is reset long after the request was sent counts as an attempt: somebody has read it', async () => {
    const post = await destination((response, number) => {
      if (number === 2) {
        clock.moveTo(clock.now() + 2_500);
        response.socket?.resetAndDestroy();
      } else response.end();
    });
    await post(request);
    stayIdle();
    expect(await post(request)).toEqual({ kind: 'unreachable', code: 'ECONNRESET' });
    expect(server.requests).toHaveLength(2);
  });

  test('that was in use a moment ago is not taken for stale: its reset counts as an attempt', async () => {
    const post = await destination((response, number) => {
      if (number === 2) response.socket?.resetAndDestroy();
      else response.end();
    });
    await post(request);
    expect(await post(request)).toEqual({ kind: 'unreachable', code: 'ECONNRESET' });
    expect(server.requests).toHaveLength(2);
  });
});
