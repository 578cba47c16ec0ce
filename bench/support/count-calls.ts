import type { IncomingMessage, Server } from 'node:http';

/** How often each call was made: `sqs:SendMessage`, `dynamodb:UpdateItem`, `secretsmanager:GetSecretValue`, `s3:PUT`. */
export type CallCounts = Readonly<Record<string, number>>;

export interface CallCounter {
  /** Counts what comes to this server. */
  readonly watch: (server: Server) => void;
  /** How often one was made since all were taken. */
  readonly count: (call: string) => number;
  /** What was counted since the last time. */
  readonly take: () => CallCounts;
}

export function countCalls(): CallCounter {
  let counts = new Map<string, number>();
  return {
    watch: (server) => {
      server.prependListener('request', (request) => {
        const call = nameOf(request);
        counts.set(call, (counts.get(call) ?? 0) + 1);
      });
    },
    count: (call) => counts.get(call) ?? 0,
    take: () => {
      const taken = counts;
      counts = new Map();
      return Object.fromEntries([...taken].toSorted(([one], [other]) => (one < other ? -1 : 1)));
    },
  };
}

/** What the services call themselves in the JSON protocols, as in `DynamoDB_20120810.UpdateItem`. */
const services: Readonly<Record<string, string>> = {
  AmazonSQS: 'sqs',
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secretsmanager',
};

function nameOf({ headers, method }: IncomingMessage): string {
  const [service = '', action] = String(headers['x-amz-target'] ?? '').split('.');
  if (action === undefined) return `s3:${method}`;
  return `${services[service] ?? service}:${action}`;
}
