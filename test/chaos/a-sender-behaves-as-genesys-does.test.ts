import { afterEach, expect, test } from '@jest/globals';
import { sendAsGenesys } from '../../lib/chaos/send-as-genesys.ts';
import { type LoopbackServer, serveOnLoopback } from '../../lib/local/loopback-server.ts';

let server: LoopbackServer | undefined;
afterEach(() => server?.close());

/** @param statuses in turn; 0 for no answer at all, the last one from then on */
async function sendTo(...statuses: number[]) {
  let requests = 0;
  server = await serveOnLoopback((request, response) => {
    const status = statuses[Math.min(requests++, statuses.length - 1)] ?? 0;
    request.resume();
    if (status !== 0) response.writeHead(status).end('{"id":"e"}');
  });
  const sender = { url: server.url, headersFor: () => ({}), limitMs: 500, gapMs: 1 };
  const outcome = await sendAsGenesys(Buffer.from('{}'), { ...sender, signal: AbortSignal.timeout(20_000) });
  return { outcome, requests };
}

test('a webhook that is answered 200 is sent once', async () => {
  expect(await sendTo(200)).toMatchObject({ outcome: { kind: 'accepted', eventId: 'e' }, requests: 1 });
});

test('what came of a 5xx, a 429 or no answer is sent again', async () => {
  expect(await sendTo(503, 429, 0, 200)).toMatchObject({ outcome: { kind: 'accepted' }, requests: 4 });
});

test('after five retries it is dropped', async () => {
  expect(await sendTo(503)).toEqual({ outcome: { kind: 'dropped', why: 'HTTP 503' }, requests: 6 });
});

test('any other 4xx drops it at once', async () => {
  expect(await sendTo(401)).toEqual({ outcome: { kind: 'dropped', why: 'HTTP 401' }, requests: 1 });
});
