import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type DestinationAnswer, longestExcerptBytes } from '../../lambdas/contract/ports.ts';
import { byteStrings } from '../support/arbitraries.ts';
import { loopbackDestination } from '../support/loopback-destination.ts';
import { type RecordingServer, recordingServer } from '../support/recording-server.ts';
import { waitUntil } from '../support/wait-until.ts';

let server: RecordingServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Posted {
  readonly answer: DestinationAnswer;
  readonly tookMs: number;
  readonly server: RecordingServer;
}

async function post(respond: (response: ServerResponse) => void, timeoutMs = 10_000): Promise<Posted> {
  server = await recordingServer(respond);
  const startedMs = performance.now();
  const answer = await loopbackDestination(server.url)({ headers: {}, body: Buffer.from('{}'), timeoutMs });
  return { answer, tookMs: performance.now() - startedMs, server };
}

const failingWith = (body: string | Uint8Array) => (response: ServerResponse) => {
  response.writeHead(500);
  response.end(body);
};

const bytesOf = (text: string) => Buffer.byteLength(text, 'utf8');

function excerptOf(answer: DestinationAnswer): string {
  if (answer.kind !== 'answered' || answer.excerpt === undefined) throw new Error(`no excerpt: ${answer.kind}`);
  return answer.excerpt;
}

describe('of an answer that is no acceptance', () => {
  test.each([301, 400, 404, 410, 429, 500, 503])('with status %d the body is kept', async (status) => {
    const { answer } = await post((response) => response.writeHead(status).end('{"error":"no such order ☃"}'));
    expect(answer).toMatchObject({ kind: 'answered', status, excerpt: '{"error":"no such order ☃"}' });
  });

  test('without a body nothing is kept', async () => {
    const { answer } = await post((response) => response.writeHead(503).end());
    expect(answer).toMatchObject({ kind: 'answered', status: 503, excerpt: '' });
  });

  test('1 KiB is kept whole, and of more the first KiB', async () => {
    const { answer: whole } = await post(failingWith('a'.repeat(1_024)));
    expect(excerptOf(whole)).toBe('a'.repeat(1_024));
    await server?.close();
    const { answer: cut } = await post(failingWith(`${'a'.repeat(1_024)}b`));
    expect(excerptOf(cut)).toBe('a'.repeat(1_024));
  });

  test('the first KiB is kept also when it comes in many small pieces', async () => {
    const { answer } = await post((response) => {
      response.writeHead(500);
      let pieces = 0;
      const next = () => {
        pieces += 1;
        if (pieces > 40) response.end();
        else response.write(String(pieces % 10).repeat(100), () => setImmediate(next));
      };
      next();
    });
    const expected = Array.from({ length: 11 }, (_, index) => String((index + 1) % 10).repeat(100)).join('');
    expect(excerptOf(answer)).toBe(expected.slice(0, 1_024));
  });

  test('a character that the cut goes through is a question mark', async () => {
    const { answer } = await post(failingWith(`${'a'.repeat(1_023)}☃`));
    expect(excerptOf(answer)).toBe(`${'a'.repeat(1_023)}?`);
  });

  test('bytes that are no text are question marks: as replacement characters they would be three times as long', async () => {
    const { answer } = await post(failingWith(new Uint8Array(5_000).fill(0xff)));
    expect(excerptOf(answer)).toBe('?'.repeat(1_024));
  });

  test('no more than 1 KiB of UTF-8 is kept, whatever comes', async () => {
    let body: Uint8Array = new Uint8Array();
    server = await recordingServer((response) => failingWith(body)(response));
    const toServer = loopbackDestination(server.url);
    const bodies = fc.oneof(byteStrings, fc.uint8Array({ minLength: 900, maxLength: 3_000 }));
    await fc.assert(
      fc.asyncProperty(bodies, fc.integer({ min: 1, max: 300 }), async (piece, times) => {
        body = Buffer.concat(Array.from({ length: times }, () => piece)).subarray(0, 8_192);
        const answer = await toServer({ headers: {}, body: Buffer.from('{}'), timeoutMs: 10_000 });
        expect(bytesOf(excerptOf(answer))).toBeLessThanOrEqual(longestExcerptBytes);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an answer whose body has no end', () => {
  test('is there as soon as its first KiB is', async () => {
    const { answer, tookMs } = await post((response) => {
      response.writeHead(500);
      response.write('a'.repeat(2_000));
    });
    expect(excerptOf(answer)).toBe('a'.repeat(1_024));
    expect(tookMs).toBeLessThan(1_000);
  });

  test('is waited for a second, and then kept as far as it came; its connection is closed', async () => {
    const { answer, tookMs, server } = await post((response) => {
      response.writeHead(503, { 'retry-after': '7' });
      response.write('half an ans');
    });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '7' }, excerpt: 'half an ans' });
    expect(tookMs).toBeLessThan(4_000);
    await waitUntil('the connection is closed', () => server.connections.every(({ destroyed }) => destroyed));
  });

  test('is no time-out when the deadline passes meanwhile: its status is known', async () => {
    const { answer } = await post((response) => {
      response.writeHead(503);
      response.write('half an ans');
    }, 300);
    expect(answer).toMatchObject({ kind: 'answered', status: 503, excerpt: 'half an ans' });
  });

  test('is not waited for at all when the event was accepted', async () => {
    const { answer, tookMs } = await post((response) => {
      response.writeHead(202);
      response.write('half an ans');
    });
    expect(answer).toMatchObject({ kind: 'answered', status: 202 });
    expect(answer).not.toHaveProperty('excerpt');
    expect(tookMs).toBeLessThan(1_000);
  });
});

test('an answer whose body breaks off is kept as far as it came', async () => {
  const { answer } = await post((response) => {
    response.writeHead(500, { 'content-length': '1000' });
    response.write('only this', () => response.socket?.end());
  });
  expect(answer).toMatchObject({ kind: 'answered', status: 500, excerpt: 'only this' });
});

test('of an acceptance nothing is kept', async () => {
  const { answer } = await post((response) => response.end('thank you'));
  expect(answer).toMatchObject({ kind: 'answered', status: 200 });
  expect(answer).not.toHaveProperty('excerpt');
});
