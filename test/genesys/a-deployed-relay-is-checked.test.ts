import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serve, type TestServer } from '../operator/local-ready-server.ts';
import { relayCommand } from '../operator/relay-child-process.ts';
import { entrances, healthyOrg } from './sample-org.ts';
import { type StandInOrg, startStandInOrg } from './stand-in-org.ts';

const sourceName = 'aws.partner/genesys.com/cloud/5e0a2f9c-1111-4c3d-9b7e-0d7f6c2a9e55/ingest-prod';

let org: StandInOrg;
let aws: TestServer;
let sourceState: string;

/** CloudFormation, EventBridge with its sources on two pages, and a Secrets Manager that gives nothing away. */
beforeAll(async () => {
  org = await startStandInOrg(healthyOrg());
  aws = await serve(async (request, response) => {
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target.startsWith('AWSEvents')) {
      const { NextToken } = JSON.parse(Buffer.concat(await request.toArray()).toString());
      const last = { EventSources: [{ Name: sourceName, State: sourceState }] };
      const page = NextToken === undefined ? { EventSources: [], NextToken: 'more' } : last;
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(page));
    } else if (target.startsWith('secretsmanager')) {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'AccessDeniedException', Message: 'not yours' }));
    } else {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(stack());
    }
  });
});
afterAll(async () => {
  await aws.stop();
  await org.stop();
});

function stack(): string {
  const routes = entrances.map(({ route, ...known }) => [
    route,
    {
      ...known,
      queueUrl: `https://sqs.eu-central-1.amazonaws.com/111122223333/Relay-${route}`,
      deadLetterQueueUrl: `https://sqs.eu-central-1.amazonaws.com/111122223333/Relay-${route}-dlq`,
    },
  ]);
  const outputs = {
    Routes: JSON.stringify(Object.fromEntries(routes)),
    DeliveryTableName: 'Relay-Deliveries',
    PayloadBucketName: 'relay-payloads',
  };
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>Relay</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

async function check() {
  const { exitCode, stdout, stderr } = await relayCommand(
    ['genesys', 'check', '--json', '--stack', 'Relay', '--region', 'eu-central-1'],
    { ...org.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: aws.url },
  );
  expect(stderr).toBe('');
  return { exitCode, document: JSON.parse(stdout) };
}

test('its URLs and its account are those of the stack, and a secret that cannot be read stops nothing', async () => {
  sourceState = 'ACTIVE';
  const { exitCode, document } = await check();
  expect(exitCode).toBe(0);
  expect(document.relay.description).toBe('stack Relay in eu-central-1');
  expect(document.openMessaging.items[0]).toMatchObject({
    aim: 'here',
    findings: [{ code: 'secret-not-compared', message: expect.stringContaining('not yours') }],
  });
  expect(document.eventBridge.items[0]).toMatchObject({ aim: 'here', routes: ['platform-events'], findings: [] });
});

test('a partner event source of its account that is not bound yet is told', async () => {
  sourceState = 'PENDING';
  const { exitCode, document } = await check();
  expect(exitCode).toBe(1);
  expect(document.eventBridge.items[0].findings).toEqual([
    {
      severity: 'problem',
      code: 'source-pending',
      message: `partner event source ${sourceName} is PENDING: until it is bound to a bus, its events are lost`,
      next: 'bind it: see docs/genesys.md, EventBridge',
    },
  ]);
});
