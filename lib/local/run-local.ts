import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SQSEvent } from 'aws-lambda';
import { defaultConfigPath, loadRelayConfig } from '../infra/load-relay-config.ts';
import type { RelayConfig } from '../infra/relay-config.ts';
import { admitThisMachine } from './admit-this-machine.ts';
import { type Delivery, startDestination } from './destination.ts';
import type { NativeRedrive } from './emulate-sqs-and-s3.ts';
import { createStores, type Emulators, startEmulators } from './emulators.ts';
import type { EmulatorUrls } from './function-environment.ts';
import { type FrontRoute, httpFront } from './http-front.ts';
import type { Crash } from './invocation.ts';
import { type LiveStep, parseStepLine } from './live-step.ts';
import { serveOnLoopback } from './loopback-server.ts';
import { type MetricDocument, parseMetricLine } from './metric-line.ts';
import { nameResources } from './name-resources.ts';
import { nativeRedriveStep } from './native-redrive-step.ts';
import type { Outages } from './outages.ts';
import { planFunctions } from './plan-functions.ts';
import { planStores } from './plan-stores.ts';
import { type ReadyMessage, readyMessage } from './ready-message.ts';
import { redirectDeliveries } from './redirect-deliveries.ts';
import { runFunctions } from './run-functions.ts';
import { readOutputs } from './stack-outputs.ts';
import { synthesize } from './synthesize.ts';
import { createTeardown, type Teardown } from './teardown.ts';
import { readTemplate } from './template.ts';

export interface LocalRelayOptions {
  /** A path, relative to the working directory, or the configuration itself. Default: relay.config.ts. */
  readonly config?: string | RelayConfig;
  /** Port of the HTTP front. Default: 0, which lets the system pick one. */
  readonly port?: number;
  /** Where events go: one URL for all routes, or one by route name. Default: the built-in destination. */
  readonly deliverTo?: string | Readonly<Record<string, string>>;
  readonly onStep?: (step: LiveStep) => void;
  /** What a function published as metrics, with a step or by itself. */
  readonly onMetrics?: (document: MetricDocument) => void;
  /** A line for the developer that is no step: other output of the functions, and what the run has to say. */
  readonly onOutput?: (line: string) => void;
  /** What the built-in destination received. */
  readonly onDelivery?: (delivery: Delivery) => void;
  /** Crashes on demand. */
  readonly faults?: {
    /** Whether to kill the processor that has this batch in its hands: at once, or in the middle of its work. */
    readonly killProcessor?: (event: SQSEvent) => Crash;
  };
  /** Told of each batch that a processor gets. */
  readonly onBatch?: (event: SQSEvent) => void;
  /** What takes the place of a minute in the schedules of the scheduled functions. Default: a minute, as deployed. */
  readonly scheduleEveryMs?: number;
  /** Environment variables for the functions, on top of the template's. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Ends the start before it is through: {@link startLocalRelay} then rejects. */
  readonly signal?: AbortSignal;
}

export interface LocalRelay {
  readonly ready: ReadyMessage;
  /** The configuration, its destinations still the given ones. */
  readonly config: RelayConfig;
  /** Makes services fail for the functions. */
  readonly outages: Outages;
  /** Runs every scheduled function out of turn, and resolves when all are done. */
  tick(): Promise<void>;
  /** Ends everything at once: processes, ports, files. Safe to call more than once. */
  stop(): Promise<void>;
}

/**
 * Runs the whole relay on this machine: the real stack's template, the real bundles, emulators for what they talk to.
 *
 * @throws ConfigError, PortTakenError, SynthesisError or TemplateError, with nothing left running
 */
export async function startLocalRelay(options: LocalRelayOptions = {}): Promise<LocalRelay> {
  const teardown = createTeardown();
  const ending = new AbortController();
  const stop = () => {
    ending.abort();
    return teardown.run();
  };
  try {
    const signal = options.signal === undefined ? ending.signal : AbortSignal.any([options.signal, ending.signal]);
    return { ...(await start(options, teardown, signal)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: LocalRelayOptions,
  teardown: Teardown,
  signal: AbortSignal,
): Promise<Omit<LocalRelay, 'stop'>> {
  const { config: given = defaultConfigPath } = options;
  const startedAtMs = Date.now();
  const config = typeof given === 'string' ? await loadRelayConfig(given) : given;
  // What functions and pollers say while they are being ended is of no use to anybody.
  const onOutput = (line: string) => {
    if (!signal.aborted) options.onOutput?.(line);
  };

  let serving: { routes: readonly FrontRoute[]; ready: ReadyMessage } | undefined;
  const front = await serveOnLoopback(
    httpFront({ routes: () => serving?.routes, ready: () => serving?.ready, onProblem: onOutput }),
    options.port,
  );
  teardown.defer(front.close);
  const { onDelivery } = options;
  const destination = await startDestination(onDelivery === undefined ? {} : { onDelivery });
  teardown.defer(destination.close);

  const folder = await temporaryFolder(teardown);
  const assemblyFolder = join(folder, 'cdk.out');
  const configPath = join(folder, 'relay.config.json');
  const redirected = redirectDeliveries(config, destinationFinder(options, destination.url));
  await writeFile(configPath, JSON.stringify(admitThisMachine(redirected)));
  const synthesis = synthesize(configPath, assemblyFolder, signal);
  // Synthesis takes seconds on a core of its own; a failure of it is looked at below, once the emulators are up.
  synthesis.catch(() => {});

  let redriveStep: ((redrive: NativeRedrive) => LiveStep) | undefined;
  const emulators = await startEmulators(teardown, (redrive) => {
    if (redriveStep !== undefined) options.onStep?.(redriveStep(redrive));
  });
  await synthesis;

  const template = await readTemplate(assemblyFolder, config.stackName);
  const scope = nameResources(template, { front: front.url, sqs: emulators.queuesAndBuckets.url });
  const stores = planStores({ template, scope });
  const outputs = readOutputs({ template, scope });
  redriveStep = (redrive) => nativeRedriveStep(redrive, stores.queues, outputs.routes);
  await createStores(stores, emulators);

  const functions = await runFunctions(planFunctions({ template, scope }, assemblyFolder), {
    urls: emulatorUrls(emulators),
    queues: stores.queues,
    lambda: emulators.lambda,
    answerLongPolls: emulators.queuesAndBuckets.answerLongPolls,
    variables: options.variables ?? {},
    scheduleEveryMs: options.scheduleEveryMs,
    onBatch: options.onBatch,
    killProcessor: options.faults?.killProcessor,
    onLine: (line, stream) => {
      if (stream === 'stderr') return onOutput(line);
      const step = parseStepLine(line);
      const metrics = parseMetricLine(line);
      if (step !== undefined) options.onStep?.(step);
      if (metrics !== undefined) {
        emulators.metrics.addDocument(metrics);
        options.onMetrics?.(metrics);
      }
      if (step === undefined && metrics === undefined) onOutput(line);
    },
    onProblem: onOutput,
  });
  teardown.defer(functions.stop);
  signal.throwIfAborted();
  const ready = readyMessage(outputs, emulators, { stackName: config.stackName, startedAtMs });
  serving = { routes: functions.frontRoutes, ready };
  return { ready, config, outages: emulators.outages, tick: functions.tick };
}

function emulatorUrls({ queuesAndBuckets, tables, secrets, lambda }: Emulators): EmulatorUrls {
  return {
    sqs: queuesAndBuckets.url,
    s3: queuesAndBuckets.url,
    dynamodb: tables.url,
    secretsManager: secrets.url,
    lambda: lambda.url,
  };
}

function destinationFinder({ deliverTo }: LocalRelayOptions, builtIn: string): (route: string) => string {
  if (typeof deliverTo === 'string') return () => deliverTo;
  return (route) => deliverTo?.[route] ?? builtIn;
}

async function temporaryFolder(teardown: Teardown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'genesys-webhook-relay-'));
  const removeNow = () => rmSync(folder, { recursive: true, force: true });
  // For the ways out that cannot wait, such as a second Ctrl-C.
  process.once('exit', removeNow);
  teardown.defer(async () => {
    process.off('exit', removeNow);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return folder;
}
