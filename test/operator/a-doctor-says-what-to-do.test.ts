import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { closedBreaker } from '../../lambdas/contract/breaker-state.ts';
import { metricNames, metricNamespace } from '../../lambdas/contract/metric-names.ts';
import { spillKey } from '../../lambdas/contract/parked-message.ts';
import { relayVersion } from '../../lib/infra/relay-version.ts';
import type { RouteLocation } from '../../lib/operator/connection/relay-location.ts';
import { breakerIn, pausedBreaker } from './breakers.ts';
import { rejectedMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';
import { serve, serveReady, type TestServer } from './local-ready-server.ts';
import { type Finished, relayCommand } from './relay-child-process.ts';

interface FoundDocument {
  readonly check: string;
  readonly route: string | null;
  readonly status: string;
  readonly message: string;
  readonly next: string | null;
}

let emulated: EmulatedRelay;
let api: TestServer;
let healthAnswers = 200;
let routes: ReadonlyMap<string, RouteLocation>;

beforeAll(async () => {
  emulated = await startEmulatedRelay();
  api = await serve((request, response) => {
    response.writeHead(request.url === '/health' ? healthAnswers : 404).end();
  });
  routes = new Map(
    [...emulated.location.routes].map(([name, route]) => [
      name,
      { ...route, ingestUrl: `${api.url}/webhooks/${name}` },
    ]),
  );
  for (const name of ['main', 'other']) {
    await setMapping(name, true);
    publish(name, metricNames.accepted);
    publish(name, metricNames.delivered);
  }
});
beforeEach(async () => {
  healthAnswers = 200;
  await emulated.reset();
  await emulated.setBreaker('main', closedBreaker);
  await setMapping('main', true);
});
afterAll(async () => {
  await api.stop();
  await emulated.stop();
});

async function setMapping(name: string, enabled: boolean): Promise<void> {
  const { Attributes } = await emulated.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: routes.get(name)?.queueUrl, AttributeNames: ['QueueArn'] }),
  );
  emulated.lambda.createMapping({
    id: name,
    queueArn: Attributes?.QueueArn ?? '',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:processor',
    batchSize: 10,
    settings: { enabled, maximumConcurrency: undefined },
    apply: () => {},
  });
}

function publish(route: string, name: string): void {
  const dimensions = { service: emulated.location.stackName, route };
  emulated.metrics.add({ namespace: metricNamespace, name, dimensions, values: [1] });
}

async function doctor(args: readonly string[] = [], shown = routes): Promise<Finished> {
  const local = await serveReady({ ...emulated.location, routes: shown });
  try {
    return await relayCommand(['doctor', ...args, '--local', local.url]);
  } finally {
    await local.stop();
  }
}

/** What was found to be wrong. */
async function complaints(shown = routes): Promise<{ exitCode: number; found: readonly FoundDocument[] }> {
  const { exitCode, stdout } = await doctor(['--json'], shown);
  const { findings }: { findings: FoundDocument[] } = JSON.parse(stdout);
  return { exitCode, found: findings.filter(({ status }) => status === 'warn' || status === 'fail') };
}

const noCounts = { sinceMs: 0, attempts: 0, failures: 0, streak: 0, streakSinceMs: 0 };

const unsigned = expect.objectContaining({ route: 'other', check: 'secret', message: 'accepts unsigned requests' });

describe('npx relay doctor --local', () => {
  test('of a relay that is well is one short screen', async () => {
    const { exitCode, stdout, stderr } = await doctor();

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(24);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[0]).toMatch(/^the local relay at http/);
    expect(stdout).toMatch(/\nok {7}ingest {7}GET \/health answers 200 in \d+ ms\n/);
    expect(stdout).toMatch(/\nskipped {2}alarms {7}a local run has none\n/);
    expect(stdout).toMatch(/\nok {7}main {9}secret \(open-messaging\) since .*, flowing, queue read, 0 waiting/);
    expect(stdout).toMatch(/last\s+delivered\s+about\s+\d\d:\d\d/);
    expect(stdout).toContain('\n1 to look at, ');
  });

  test('as JSON it has every check, with null for what does not apply', async () => {
    const { stdout } = await doctor(['--json']);

    const { relay, well, findings } = JSON.parse(stdout);
    expect({ relay, well }).toEqual({ relay: expect.stringMatching(/^the local relay at /), well: true });
    expect(findings.map(({ check, route }: FoundDocument) => (route === null ? check : `${route}: ${check}`))).toEqual([
      ...['credentials', 'stack', 'outputs', 'version', 'ingest', 'spill', 'alarms'],
      ...['main', 'other'].flatMap((name) =>
        ['secret', 'breaker', 'mapping', 'queue', 'dead letters', 'traffic'].map((check) => `${name}: ${check}`),
      ),
    ]);
    expect(findings[4]).toEqual({
      check: 'ingest',
      route: null,
      status: 'ok',
      message: expect.stringContaining('200'),
      next: null,
    });
    expect(stdout).not.toContain(emulated.secrets.valueOf(emulated.main.secretArn ?? ''));
  });

  test('a paused route fails, and what to do is said', async () => {
    await emulated.setBreaker('main', pausedBreaker({ reason: 'operator', sinceMs: Date.now() }));
    await setMapping('main', false);

    expect(await complaints()).toEqual({
      exitCode: 1,
      found: [
        {
          check: 'breaker',
          route: 'main',
          status: 'fail',
          message: expect.stringMatching(/^paused: by an operator, paused since /),
          next: expect.stringMatching(/^until you resume it; by hand: npx relay route resume main --local http:/),
        },
        unsigned,
      ],
    });
  });

  test('a queue that is not read although its route flows fails; one of a paused route is read for a while', async () => {
    await setMapping('main', false);
    expect(await complaints()).toMatchObject({
      exitCode: 1,
      found: [{ check: 'mapping', status: 'fail', message: 'the queue is not read, though not paused' }, unsigned],
    });

    await setMapping('main', true);
    const longAgoMs = Date.now() - 3 * 60_000;
    await emulated.setBreaker('main', pausedBreaker({ reason: 'failing', sinceMs: longAgoMs }));
    expect((await complaints()).found).toContainEqual(
      expect.objectContaining({ check: 'mapping', status: 'warn', message: 'the queue is still read, though paused' }),
    );
  });

  test('what AWS takes three minutes for is no complaint before they are over', async () => {
    await emulated.setBreaker('main', pausedBreaker({ reason: 'failing', sinceMs: Date.now() }));
    expect((await complaints()).found.map(({ check }) => check)).toEqual(['breaker', 'secret']);

    await setMapping('main', false);
    await emulated.setBreaker('main', breakerIn({ kind: 'half-open', sinceMs: Date.now(), counts: noCounts }));
    expect((await complaints()).found.map(({ check }) => check)).toEqual(['breaker', 'secret']);
  });

  test('dead letters are to be looked at', async () => {
    await emulated.sendTo(emulated.main.deadLetterQueueUrl, rejectedMessage(newEventId()));

    expect(await complaints()).toMatchObject({
      exitCode: 0,
      found: [
        {
          check: 'dead letters',
          message: '1 dead letter',
          next: expect.stringContaining('npx relay dlq list --route main --local http:'),
        },
        unsigned,
      ],
    });
  });

  test('a spilled webhook is to be looked at', async () => {
    const key = spillKey(Date.now(), 'a', 'main');
    await emulated.storePayload(key, Buffer.from('{}'));
    try {
      expect((await complaints()).found).toContainEqual(
        expect.objectContaining({ check: 'spill', status: 'warn', message: '1 webhook not on a queue yet' }),
      );
    } finally {
      await emulated.removePayload(key);
    }
  });

  test('a way in that answers otherwise, or not at all, fails', async () => {
    healthAnswers = 500;
    expect((await complaints()).found[0]).toMatchObject({
      check: 'ingest',
      status: 'fail',
      message: `GET ${api.url}/health answers 500`,
    });

    const gone = await serve(() => {});
    await gone.stop();
    const nowhere = new Map([['main', { ...emulated.main, ingestUrl: `${gone.url}/webhooks/main` }]]);
    expect((await complaints(nowhere)).found[0]).toMatchObject({
      check: 'ingest',
      status: 'fail',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('a secret that is gone, and a queue that is gone, each fail by themselves', async () => {
    const broken = new Map([
      [
        'main',
        {
          ...emulated.main,
          ingestUrl: `${api.url}/webhooks/main`,
          secretArn: 'arn:gone',
          deadLetterQueueUrl: `${emulated.main.deadLetterQueueUrl}-gone`,
        },
      ],
    ]);

    const { exitCode, found } = await complaints(broken);

    expect(exitCode).toBe(1);
    expect(found.map(({ check, status }) => [check, status])).toEqual([
      ['secret', 'fail'],
      ['dead letters', 'fail'],
    ]);
    expect(found[0]?.message).toContain('could not read secret arn:gone');
  });

  test('a route that nothing came in on is to be looked at', async () => {
    const idle = new Map([['idle', { ...emulated.main, ingestUrl: `${api.url}/webhooks/idle` }]]);

    expect(await complaints(idle)).toMatchObject({
      exitCode: 0,
      found: [
        { check: 'traffic', message: 'nothing accepted in this run', next: expect.stringContaining('npx relay send') },
      ],
    });
  });

  test('where nothing runs is told to start it', async () => {
    const gone = await serve(() => {});
    await gone.stop();

    const { exitCode, stdout } = await relayCommand(['doctor', '--local', gone.url]);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\nfail {5}outputs {6}no local relay answers at /);
    expect(stdout).toContain('→ npm start');
    expect(stdout).toMatch(/\nskipped {2}ingest {7}it is not known where to look\n/);
  });
});

describe('npx relay doctor --stack', () => {
  let aws: TestServer;
  let identity: { readonly status: number; readonly xml: string };
  let stack: { readonly status: number; readonly xml: string };
  let inAlarm: readonly string[];
  beforeAll(async () => {
    aws = await serve(async (request, response) => {
      const target = request.headers['x-amz-target'];
      if (target === 'GraniteServiceVersion20100801.DescribeAlarms') {
        const names = ['main/DlqNotEmpty', 'main/BreakerOpen'].map((name) => `${emulated.location.stackName}/${name}`);
        const alarms = names.map((AlarmName) => ({
          AlarmName,
          StateValue: inAlarm.includes(AlarmName) ? 'ALARM' : 'OK',
        }));
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify({ MetricAlarms: alarms, CompositeAlarms: [] }));
        return;
      }
      if (target === 'GraniteServiceVersion20100801.GetMetricData') {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{"MetricDataResults":[]}');
        return;
      }
      let body = '';
      for await (const chunk of request) body += chunk;
      const { status, xml } = body.includes('GetCallerIdentity') ? identity : stack;
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    });
  });
  beforeEach(() => {
    inAlarm = [];
    identity = {
      status: 200,
      xml: '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/Ops/me</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
    };
    stack = stackIn('UPDATE_COMPLETE', { Version: relayVersion });
  });
  afterAll(() => aws.stop());

  function stackIn(status: string, extra: Record<string, string>) {
    const { deliveryTableName, payloadBucketName } = emulated.location;
    const outputs = Object.entries({
      Routes: JSON.stringify({ main: routes.get('main') }),
      DeliveryTableName: deliveryTableName,
      PayloadBucketName: payloadBucketName,
      ...extra,
    }).map(
      ([key, value]) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
    );
    const described = `<member><StackName>Emulated</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-11-01T00:00:00Z</CreationTime><Outputs>${outputs.join('')}</Outputs></member>`;
    return {
      status: 200,
      xml: `<DescribeStacksResponse><DescribeStacksResult><Stacks>${described}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    };
  }

  async function deployed(...args: string[]): Promise<Finished> {
    const { access, stackName } = emulated.location;
    if (access.kind !== 'emulators') throw new Error('not emulated');
    return await relayCommand(['doctor', ...args, '--stack', stackName, '--region', 'us-east-1'], {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.url,
      AWS_ENDPOINT_URL_STS: aws.url,
      AWS_ENDPOINT_URL_CLOUDWATCH: aws.url,
      AWS_ENDPOINT_URL_SQS: access.sqs,
      AWS_ENDPOINT_URL_S3: access.s3,
      AWS_ENDPOINT_URL_DYNAMODB: access.dynamodb,
      AWS_ENDPOINT_URL_LAMBDA: access.lambda,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: access.secretsManager,
    });
  }

  const findingsOf = ({ stdout }: Finished): readonly FoundDocument[] => JSON.parse(stdout).findings;

  test('looks at everything, and skips nothing', async () => {
    const finished = await deployed('--json');

    const findings = findingsOf(finished);
    expect(findings.filter(({ status }) => status === 'skipped')).toEqual([]);
    expect(findings.slice(0, 4)).toEqual([
      {
        check: 'credentials',
        route: null,
        status: 'ok',
        message: 'arn:aws:sts::123456789012:assumed-role/Ops/me',
        next: null,
      },
      {
        check: 'stack',
        route: null,
        status: 'ok',
        message: expect.stringMatching(/^UPDATE_COMPLETE, \d+d ago$/),
        next: null,
      },
      { check: 'outputs', route: null, status: 'ok', message: 'routes main', next: null },
      { check: 'version', route: null, status: 'ok', message: relayVersion, next: null },
    ]);
    expect(findings.find(({ check }) => check === 'alarms')).toMatchObject({
      status: 'ok',
      message: 'none of 2 in ALARM',
    });
  });

  test('names the alarms, and their headings in the runbook', async () => {
    inAlarm = ['Emulated/main/DlqNotEmpty'];

    const finished = await deployed('--json');

    expect(finished.exitCode).toBe(1);
    expect(findingsOf(finished)).toContainEqual({
      check: 'alarms',
      route: null,
      status: 'fail',
      message: 'in ALARM: Emulated/main/DlqNotEmpty',
      next: 'docs/runbook.md, "DlqNotEmpty"',
    });
  });

  test('credentials that are not valid fail first, and the rest says that it was not seen', async () => {
    const denied =
      '<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>The token is invalid</Message></Error></ErrorResponse>';
    identity = { status: 403, xml: denied };
    stack = { status: 403, xml: denied };

    const { exitCode, stdout } = await deployed();

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/\nfail {5}credentials {2}could not find out who you are: The token is invalid\n +→ log in/);
    expect(stdout).toMatch(/\nskipped {2}alarms /);
  });

  test.each([
    ['UPDATE_IN_PROGRESS', 'warn'],
    ['UPDATE_ROLLBACK_COMPLETE', 'warn'],
    ['ROLLBACK_COMPLETE', 'fail'],
    ['UPDATE_ROLLBACK_FAILED', 'fail'],
  ])('a stack that is in %s: %s', async (state, status) => {
    stack = stackIn(state, { Version: relayVersion });

    expect(findingsOf(await deployed('--json'))[1]).toMatchObject({ check: 'stack', status, next: expect.any(String) });
  });

  test('another version than this one is told', async () => {
    stack = stackIn('UPDATE_COMPLETE', { Version: '0.0.9' });

    expect(findingsOf(await deployed('--json'))[3]).toMatchObject({
      check: 'version',
      status: 'warn',
      message: `deployed 0.0.9, this command ${relayVersion}`,
    });
  });
});
