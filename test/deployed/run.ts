#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { createTeardown } from '../../lib/local/teardown.ts';
import { bootstrap, type Cdk, deploy, destroy, synthesize } from './runner/cdk.ts';
import { serveDestination } from './runner/destination-server.ts';
import { startMinistack } from './runner/ministack.ts';
import { adaptToMinistack } from './runner/ministack-differences.ts';
import { createPartnerBus } from './runner/partner-bus.ts';
import { findPython, makePythonEnvironment } from './runner/python-environment.ts';
import { runCommand } from './runner/run-command.ts';
import { type Deployment, deploymentVariable } from './support/deployment.ts';
import { stackConfig } from './support/stack-config.ts';

const program = new Command('npm run test:deployed --')
  .description(
    'Deploys the stack with the CDK, tests it from outside, and destroys it. By default on MiniStack, an AWS on this machine, which is installed for the run into a folder of its own (Python 3.10 or newer); with AWS_ENDPOINT_URL set on what answers there, such as LocalStack.',
  )
  .argument('[suite...]', 'only the suites whose path contains one of these')
  .option('--account', 'in the AWS account of the credentials that are set: it asks first, and costs some cents')
  .option('--destination <url>', "with --account: a public https:// URL that leads to --port, such as a tunnel's")
  .option('--port <number>', 'with --account: where the destination of the tests listens', Number, 0)
  .option('--keep', 'leaves the stack and its folder as they are, to look at')
  .parse();

const options = program.opts<{ account?: true; destination?: string; port: number; keep?: true }>();
const started = performance.now();
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => ending.abort(new Error('interrupted')));
}
const { signal } = ending;
const teardown = createTeardown();

try {
  await run();
} catch (error) {
  const reason: unknown = signal.aborted ? signal.reason : error;
  console.error(`test:deployed: ${reason instanceof Error ? reason.message : String(reason)}`);
  // What a shell reports for SIGINT.
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  await teardown.run().catch((error: unknown) => {
    console.error(
      `test:deployed: ${error instanceof AggregateError ? error.errors.map(String).join('; ') : String(error)}`,
    );
    process.exitCode ||= 1;
  });
}

async function run(): Promise<void> {
  const target = options.account === true ? await accountTarget() : emulatorTarget();
  const folder = await mkdtemp(join(tmpdir(), 'relay-deployed-'));
  teardown.defer(async () => {
    if (options.keep !== true) await rm(folder, { recursive: true, force: true });
  });

  const python = await findPython();
  if (python === undefined && target.kind === 'ministack') {
    throw new Error(
      'there is no Python 3.10 or newer on the PATH: install one, or set AWS_ENDPOINT_URL to use another AWS',
    );
  }
  let programs: string | undefined;
  if (python !== undefined) {
    say('installing MiniStack and the extended client into a virtual environment');
    const requirements = resolve(import.meta.dirname, 'requirements.txt');
    programs = await makePythonEnvironment(python, join(folder, 'python'), requirements, signal);
  }

  const destination = await serveDestination(options.port);
  teardown.defer(() => destination.close());
  const controlUrl = `http://127.0.0.1:${destination.port}/${destination.token}`;
  const url = options.destination === undefined ? controlUrl : `${options.destination}/${destination.token}`;

  const env = { ...process.env, ...target.env };
  let { endpoint } = target;
  if (target.kind === 'ministack' && programs !== undefined) {
    say('starting MiniStack');
    const ministack = await startMinistack(programs, folder, signal);
    teardown.defer(() => ministack.stop());
    await createPartnerBus(ministack.endpoint, target.region);
    endpoint = ministack.endpoint;
    say(`MiniStack ${endpoint}, which writes to ${ministack.logPath}`);
  }
  if (endpoint !== undefined) env.AWS_ENDPOINT_URL = endpoint;

  const stackName = `RelayUnderTest-${randomUUID().slice(0, 8)}`;
  const configPath = join(folder, 'relay.config.json');
  const assembly = join(folder, 'cdk.out');
  const outputsPath = join(folder, 'outputs.json');
  await writeFile(
    configPath,
    JSON.stringify({
      ...stackConfig(stackName, url, { hasPartnerBus: target.kind === 'ministack' }),
      // An emulator forgets everything; an account would keep it, and charge for it.
      dataOnDestroy: target.kind === 'account' ? 'delete' : 'retain',
    }),
  );
  const cdk: Cdk = { env, signal, onLine: () => {} };
  say('cdk synth');
  await synthesize(cdk, configPath, assembly);
  if (target.kind === 'ministack') await adaptToMinistack(assembly);
  if (target.kind !== 'account') {
    say('cdk bootstrap');
    await bootstrap(cdk, `aws://000000000000/${target.region}`, assembly);
  }
  say(`cdk deploy of ${stackName}`);
  // Also for a deployment that ends half-way: what is there by then has to go as well.
  teardown.defer(async () => {
    if (options.keep === true) return say(`${stackName} is left in place; its folder is ${folder}`);
    say(`cdk destroy of ${stackName}`);
    await destroy({ ...cdk, signal: AbortSignal.timeout(300_000) }, assembly);
  });
  await deploy(cdk, assembly, outputsPath);

  const deployment: Deployment = {
    stackName,
    region: target.region,
    ...(endpoint === undefined ? {} : { endpoint }),
    isMinistack: target.kind === 'ministack',
    outputsPath,
    folder,
    destination: { url, controlUrl },
    ...(programs === undefined ? {} : { python: join(programs, 'python') }),
  };
  const deploymentPath = join(folder, 'deployment.json');
  await writeFile(deploymentPath, JSON.stringify(deployment));
  say('running the suites');
  await runCommand({
    file: process.execPath,
    args: [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--config=test/deployed/jest.config.mjs',
      ...program.args,
    ],
    env: { ...env, [deploymentVariable]: deploymentPath },
    withinMs: 1_200_000,
    signal,
    onLine: (line) => console.log(line),
  });
  say('all suites passed');
}

type Target = {
  readonly kind: 'ministack' | 'endpoint' | 'account';
  readonly region: string;
  readonly endpoint?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
};

function emulatorTarget(): Target {
  const endpoint = process.env.AWS_ENDPOINT_URL;
  const region = 'us-east-1';
  const credentials = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
  };
  const env = { ...credentials, AWS_REGION: region, AWS_DEFAULT_REGION: region };
  return { kind: endpoint === undefined ? 'ministack' : 'endpoint', region, endpoint, env };
}

/** @throws Error when the person does not confirm, or something is missing */
async function accountTarget(): Promise<Target> {
  const { destination } = options;
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (region === undefined) throw new Error('set AWS_REGION to the region to deploy to');
  if (destination === undefined || !destination.startsWith('https://') || options.port === 0) {
    throw new Error(
      '--account needs --port NUMBER and --destination URL, a public https:// URL that leads to that port',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const question = `Deploy a stack to the AWS account of these credentials, in ${region}, and destroy it after the tests? Type yes: `;
  const answer = await terminal.question(question, { signal });
  terminal.close();
  if (answer.trim() !== 'yes') throw new Error('not confirmed: nothing was deployed');
  return { kind: 'account', region, env: {} };
}

function say(what: string): void {
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  console.log(`${seconds.padStart(4)} s  ${what}`);
}
