import { describe, expect, test } from '@jest/globals';
import { number } from '../../lambdas/contract/message-attributes.ts';
import { buildRequest, type RequestSettings } from '../../lambdas/processor/build-request.ts';
import { type Delivery, readDelivery } from '../../lambdas/processor/read-delivery.ts';
import { noCredentials } from '../support/processor-world.ts';
import { startMs } from '../support/settable-clock.ts';
import { eventId, receivedMessage, route, signature } from '../support/sqs-record.ts';

const delivery = readDelivery(receivedMessage(), { route, bucket: 'payload-bucket' });
const attempt = {
  number: 1,
  body: Buffer.from('{}'),
  credentials: noCredentials,
  nowMs: startMs,
  timeoutMs: 9_000,
};

function headersOf(settings: Partial<RequestSettings> = {}, changes: Partial<Delivery> = {}, number = 1) {
  const request = buildRequest(
    { ...delivery, ...changes },
    { ...attempt, number },
    { route, headers: {}, ...settings },
  );
  return request.headers;
}

describe('a delivery request', () => {
  test('carries what a destination needs to notice a repeat', () => {
    expect(headersOf({ signatureHeader: 'x-hub-signature-256' })).toEqual({
      'user-agent': 'genesys-webhook-relay',
      'content-type': 'application/json',
      'webhook-id': eventId,
      'webhook-timestamp': '1772619322',
      'x-relay-route': route,
      'x-relay-attempt': '1',
      'x-webhook-source': 'GenesysCloud',
      'x-hub-signature-256': signature,
    });
  });

  test('says when an operator has changed the body: it is not what the sender sent', () => {
    const edited = receivedMessage({ attributes: { ...receivedMessage().attributes, EditedAt: number(startMs) } });
    const request = buildRequest(readDelivery(edited, { route, bucket: 'b' }), attempt, { route, headers: {} });
    expect(request.headers).toMatchObject({ 'x-relay-edited-at': String(startMs), 'webhook-id': eventId });
    expect(headersOf()).not.toHaveProperty('x-relay-edited-at');
  });

  test('hands body and deadline on as they are', () => {
    const request = buildRequest(delivery, attempt, { route, headers: {} });
    expect(request.body).toBe(attempt.body);
    expect(request.timeoutMs).toBe(9_000);
  });

  test.each([2, 3, 10])('says of attempt %d that it is a retry', (number) => {
    expect(headersOf({}, {}, number)).toMatchObject({
      'x-relay-attempt': String(number),
      'x-webhook-source': 'GenesysCloud-Retry',
      'webhook-id': eventId,
    });
  });

  test('has the headers of the config, their names in lower case', () => {
    const headers = { Authorization: 'Bearer t', 'X-Tenant': '7', 'User-Agent': 'acme' };
    expect(headersOf({ headers })).toMatchObject({ authorization: 'Bearer t', 'x-tenant': '7', 'user-agent': 'acme' });
  });

  const reserved = ['webhook-id', 'webhook-timestamp', 'x-relay-route', 'x-relay-attempt', 'x-webhook-source'];
  test.each([...reserved, 'content-type', 'x-hub-signature-256'])('keeps its own %s, however it is spelt', (name) => {
    const spellings = [name, name.toUpperCase(), name.replace(/^./, (first) => first.toUpperCase())];
    const headers = Object.fromEntries(spellings.map((spelling) => [spelling, 'forged']));
    const built = headersOf({ headers, signatureHeader: 'x-hub-signature-256' });
    expect(Object.keys(built).filter((built) => built.toLowerCase() === name)).toEqual([name]);
    expect(built[name]).not.toBe('forged');
  });

  test('has the headers that are secrets, which can replace those of the config and none of ours', () => {
    const headers = { Authorization: 'Bearer s', 'Webhook-Id': 'forged', 'X-Relay-Attempt': '9' };
    const credentials = { ...noCredentials, headers };
    const request = buildRequest(delivery, { ...attempt, credentials }, { route, headers: { authorization: 'old' } });
    expect(request.headers).toMatchObject({
      authorization: 'Bearer s',
      'webhook-id': eventId,
      'x-relay-attempt': '1',
    });
  });

  test('has no signature where the sender sent none or the route passes none on', () => {
    const signatureHeader = 'x-hub-signature-256';
    expect(headersOf({ signatureHeader }, { signature: undefined })).not.toHaveProperty(signatureHeader);
    expect(headersOf()).not.toHaveProperty(signatureHeader);
  });

  test('calls a body of unknown type what it is: bytes', () => {
    expect(headersOf({}, { contentType: undefined })).toMatchObject({ 'content-type': 'application/octet-stream' });
  });
});

describe('a delivery request of an event that is traced', () => {
  const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
  const traced = (header: string | undefined, headers = {}) =>
    buildRequest(delivery, { ...attempt, traceHeader: header }, { route, headers }).headers;

  test('carries its trace on, as X-Ray writes it and as W3C does', () => {
    expect(traced(traceHeader)).toMatchObject({
      'x-amzn-trace-id': traceHeader,
      traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
    });
  });

  test('says when the trace is not recorded, so that the destination does not record its part either', () => {
    expect(traced(traceHeader.replace('Sampled=1', 'Sampled=0')).traceparent).toMatch(/-00$/);
  });

  test('leaves headers of the config as they are', () => {
    const headers = { Traceparent: '00-1-2-00', 'X-Amzn-Trace-Id': 'mine' };
    expect(traced(traceHeader, headers)).toMatchObject({ traceparent: '00-1-2-00', 'x-amzn-trace-id': 'mine' });
  });

  test.each([undefined, '', 'Root=1', `${traceHeader}\r\nx-evil: 1`])('says nothing of a trace of %j', (header) => {
    expect(Object.keys(traced(header))).toEqual(Object.keys(headersOf()));
  });
});
