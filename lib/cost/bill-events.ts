import { functionMegabytes } from '../infra/function-memory.ts';
import { payloadLifeSeconds } from '../infra/timings.ts';
import { timings } from '../simulation/scenario.ts';
import { type BillLine, billLine } from './bill-line.ts';
import { logBytes } from './log-bytes.ts';
import { prices } from './price-list.ts';
import { attributesBytes, pointerBytes, sqsRequests } from './sqs-requests.ts';
import type { Design, Workload } from './workload.ts';

export type Service = 'API Gateway' | 'Lambda' | 'SQS' | 'DynamoDB' | 'S3' | 'CloudWatch Logs';

export interface EventsLine extends BillLine {
  readonly service: Service;
  /** What an event takes on its way, or what is written down about it and kept afterwards. */
  readonly of: 'way' | 'trace';
}

const kibibyte = 1_024;
const monthSeconds = 30 * 86_400;
const apiChunkBytes = 512 * kibibyte;

const ingestGigabytes = functionMegabytes.ingest / 1_024;
const processorGigabytes = functionMegabytes.processor / 1_024;

/** What a warm ingest takes: `SendMessage` within a region is most of it. */
const ingestMs = 15;
/** What a batch takes beside the answer of its destination: two writes and a look at the breaker. */
const batchOverheadMs = 30;

/** An offloaded body is as long as one that just is. */
const offloadedBytes = 256 * kibibyte;
const payloadMonths = payloadLifeSeconds / monthSeconds;

/** Of a delivered event, with the hundred that DynamoDB adds to each. A test measures one. */
export const recordBytes = 320;
const recordMonths = timings.dedupeSeconds / monthSeconds;

/** What so many events cost, line by line. What is billed whether or not any comes is in bill-month.ts. */
export function billEvents(load: Workload, design: Design): readonly EventsLine[] {
  const { events } = load;
  const offloaded = events * load.offloadedShare;
  const inline = events - offloaded;
  const failed = events * load.failingShare;
  const attempts = events + failed;
  const batches = attempts / design.batchSize;

  const line = (service: Service, what: string, quantity: number, price: number): EventsLine => ({
    service,
    of: 'way',
    ...billLine(what, quantity, price),
  });
  const trace = (...of: Parameters<typeof line>): EventsLine => ({ ...line(...of), of: 'trace' });
  const messageBytes = load.eventBytes + attributesBytes;
  const sends = inline * sqsRequests(messageBytes) + offloaded * sqsRequests(pointerBytes + attributesBytes);
  const receives = batches * sqsRequests(design.batchSize * messageBytes);
  // A batch whose events have all failed has nothing to be acknowledged; the difference is not worth a formula.
  const acknowledgements = events / design.batchSize;
  const apiChunks = (bytes: number) => Math.ceil(bytes / apiChunkBytes);
  const httpRequests = inline * apiChunks(load.eventBytes) + offloaded * apiChunks(offloadedBytes);
  const logged =
    events * (logBytes.accepted + logBytes.delivered + logBytes.access + design.moreLogLines * kibibyte) +
    offloaded * logBytes.offloaded +
    failed * logBytes.retrying +
    batches * logBytes.batchMetrics +
    (events + batches) * logBytes.invocation;

  return [
    design.api === 'http'
      ? line('API Gateway', 'requests', httpRequests, prices.httpApiRequests)
      : line('API Gateway', 'requests', events, prices.restApiRequests),
    line('Lambda', 'ingest: invocations', events, prices.lambdaRequests),
    line(
      'Lambda',
      `ingest: GB-seconds, ${ingestMs} ms each`,
      (events * ingestGigabytes * ingestMs) / 1_000,
      prices.lambdaGbSeconds,
    ),
    line('SQS', 'sent', sends, prices.sqsRequests),
    line('SQS', 'received', receives, prices.sqsRequests),
    line('SQS', 'acknowledged', acknowledgements, prices.sqsRequests),
    ...optional(failed, line('SQS', 'hidden until the next attempt', failed, prices.sqsRequests)),
    line('Lambda', 'processor: invocations', batches, prices.lambdaRequests),
    line(
      'Lambda',
      `processor: GB-seconds, ${load.destinationMs + batchOverheadMs} ms each`,
      (batches * processorGigabytes * (load.destinationMs + batchOverheadMs)) / 1_000,
      prices.lambdaGbSeconds,
    ),
    line('DynamoDB', 'writes: claimed, delivered', 2 * events, prices.dynamoWriteUnits),
    // The record of a failed attempt holds what was answered and is over a kilobyte, and so is all that follows it.
    ...optional(failed, line('DynamoDB', 'writes: failed attempts', (2 + 2 + 1) * failed, prices.dynamoWriteUnits)),
    // A failure is counted for a minute, and so is every batch of that minute: on a busy route, that is all of them.
    ...optional(failed, line('DynamoDB', "writes: the breaker's state", batches, prices.dynamoWriteUnits)),
    line('DynamoDB', "reads: the breaker's state", batches, prices.dynamoReadUnits),
    trace(
      'DynamoDB',
      'GB-months: records, and their recovery',
      (events * recordBytes * recordMonths) / 1e9,
      prices.dynamoGbMonths + prices.dynamoRecoveryGbMonths,
    ),
    ...optional(offloaded, line('S3', 'bodies written', offloaded, prices.s3Puts)),
    ...optional(offloaded, line('S3', 'bodies read', offloaded * (1 + load.failingShare), prices.s3Gets)),
    ...optional(
      offloaded,
      trace('S3', 'GB-months: bodies', (offloaded * offloadedBytes * payloadMonths) / 1e9, prices.s3GbMonths),
    ),
    trace(
      'CloudWatch Logs',
      `GB, ${Math.round(logged / events)} bytes for each event`,
      logged / 1e9,
      prices.logGigabytes,
    ),
  ];
}

function optional(amount: number, line: EventsLine): readonly EventsLine[] {
  return amount > 0 ? [line] : [];
}

/** What the way of an event costs, without what is written down about it and kept. */
export function onTheWay(lines: readonly EventsLine[]): readonly EventsLine[] {
  return lines.filter((line) => line.of === 'way');
}
