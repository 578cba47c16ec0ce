import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { RefusalReason } from '../contract/step-log.ts';
import type { Acceptance } from './accept-webhook.ts';

const statusOfRefusal: Readonly<Record<RefusalReason, { status: number; error: string }>> = {
  'unknown-route': { status: 404, error: 'unknown route' },
  'empty-body': { status: 400, error: 'empty body' },
  'source-not-allowed': { status: 403, error: 'forbidden' },
  'signature-missing': { status: 401, error: 'unauthorized' },
  'signature-malformed': { status: 401, error: 'unauthorized' },
  'signature-mismatch': { status: 401, error: 'unauthorized' },
  'timestamp-outside-tolerance': { status: 401, error: 'unauthorized' },
  'credential-missing': { status: 401, error: 'unauthorized' },
  'credential-malformed': { status: 401, error: 'unauthorized' },
  'credential-mismatch': { status: 401, error: 'unauthorized' },
};

/** Genesys repeats after 5 s whatever it is told; others honour the header. */
const retryAfterSeconds = 5;

/** The HTTP answer to a webhook. Every text is fixed: nothing of the request is echoed but its event id. */
export function answerRequest(acceptance: Acceptance): APIGatewayProxyStructuredResultV2 {
  switch (acceptance.kind) {
    case 'stored':
      return json(200, { id: acceptance.eventId });
    case 'refused': {
      const { status, error } = statusOfRefusal[acceptance.reason];
      return json(status, { error });
    }
    case 'not-stored':
      return notStored();
  }
}

/** The one answer to any fault of ours: Genesys retries a 5xx, and drops the event on a 4xx. */
export function notStored(): APIGatewayProxyStructuredResultV2 {
  const answer = json(503, { error: 'not stored, please retry' });
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

export function healthy(): APIGatewayProxyStructuredResultV2 {
  return json(200, { status: 'ok' });
}

function json(statusCode: number, body: object): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
