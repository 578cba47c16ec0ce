import * as z from 'zod';
import { parseRelayConfig } from '../../infra/relay-config.ts';
import { connectRelay } from '../../operator/connection/connect-relay.ts';
import { locateLocalRelay } from '../../operator/connection/locate-local-relay.ts';
import { findDeadLetters } from '../../operator/dead-letters/find-dead-letters.ts';
import { executeRedrive } from '../../operator/redrive/execute-redrive.ts';
import { planRedrive } from '../../operator/redrive/plan-redrive.ts';
import { type Delivery, startDestination } from '../destination.ts';
import type { LiveStep } from '../live-step.ts';
import { type LocalRelay, startLocalRelay } from '../run-local.ts';
import { type Sightings, watchFor } from '../sightings.ts';
import { signRequest } from '../sign-request.ts';
import { type Account, accountForEvents, type PlayedAct } from './account-for-events.ts';
import { type Act, prepareActs, type Scene } from './acts.ts';
import { type ScriptedAnswers, scriptAnswers } from './scripted-answers.ts';

const route = 'open-messaging';

/** With a second of backoff at most the demo is over within a few. */
const config = parseRelayConfig(
  {
    stackName: 'RelayDemo',
    routes: {
      [route]: {
        verify: { kind: 'open-messaging' },
        deliverTo: { url: 'https://the-local-run-replaces.example' },
        retry: { maxAttempts: 5, baseSeconds: 1, capSeconds: 1 },
      },
    },
  },
  'demo',
);

/** Far longer than any step takes on a slow machine: who waits this long would wait for ever. */
const patienceMs = 30_000;

export interface DemoListeners {
  /** What happens next. */
  readonly onAct: (title: string) => void;
  readonly onStep: (step: LiveStep) => void;
  readonly onDelivery: (delivery: Delivery) => void;
  readonly onOutput: (line: string) => void;
  /** Ends the demo before it is through: it then rejects. */
  readonly signal: AbortSignal;
}

/**
 * A tour of the relay: sends sample webhooks to a destination that misbehaves in known ways, redrives what was set
 * aside, and accounts for every one.
 *
 * @throws Error when a step that must come did not within 30 s
 */
export async function runDemo(listeners: DemoListeners): Promise<readonly Account[]> {
  const acts = await prepareActs();
  const answers = scriptAnswers();
  const told = watchFor<LiveStep>('step', listeners.signal);
  const destination = await startDestination({ behave: answers.behave, onDelivery: listeners.onDelivery });
  try {
    const relay = await startLocalRelay({
      config,
      deliverTo: destination.url,
      onStep: (step) => {
        listeners.onStep(step);
        told.add(step);
      },
      onOutput: listeners.onOutput,
      signal: listeners.signal,
    });
    try {
      const played: PlayedAct[] = [];
      for (const act of acts) {
        listeners.onAct(act.title);
        const eventId = await play(act, { relay, told, answers });
        played.push({ ...act, eventId, postsSeen: answers.posts(act.body) });
      }
      return accountForEvents(played, told.all);
    } finally {
      await relay.stop();
    }
  } finally {
    await destination.close();
  }
}

interface Stage {
  readonly relay: LocalRelay;
  readonly told: Sightings<LiveStep>;
  readonly answers: ScriptedAnswers;
}

/** @returns the event id that the relay gave to the act's webhook */
async function play(act: Act, stage: Stage): Promise<string> {
  stage.answers.script(act.body, act.answers);
  let eventId = '';
  for (const scene of act.scenes) {
    eventId = (await playScene(scene, act, stage)) ?? eventId;
    const isOver = (step: LiveStep) => step.eventId === eventId && step.step === scene.until;
    await stage.told.waitFor(isOver, patienceMs);
  }
  const stepsTold = () => stage.told.all.filter((step) => step.eventId === eventId).length;
  // The ingest function answers before its line about it is read here.
  await stage.told.waitFor(() => stepsTold() >= act.steps.length, patienceMs);
  return eventId;
}

async function playScene(scene: Scene, act: Act, stage: Stage): Promise<string | undefined> {
  switch (scene.kind) {
    case 'send':
      return send(act.body, stage.relay);
    case 'mend-and-redrive':
      stage.answers.script(act.body, [200]);
      await redriveAll(stage.relay);
      return undefined;
  }
}

const acceptedSchema = z.object({ id: z.string() });

/** As Genesys would: signed, and expecting 200. */
async function send(body: Uint8Array, { ready, config: { routes } }: LocalRelay): Promise<string> {
  const target = ready.routes[route];
  const verify = routes[route]?.verify;
  if (target === undefined || verify === undefined) throw new Error(`the demo has no route ${route}`);
  const answer = await fetch(target.ingestUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signRequest(verify, target.secret, body) },
    body,
  });
  if (answer.status !== 200) throw new Error(`a webhook was answered ${answer.status}: ${await answer.text()}`);
  return acceptedSchema.parse(await answer.json()).id;
}

/** What `relay dlq redrive --yes` does. */
async function redriveAll({ ready }: LocalRelay): Promise<void> {
  const ingestUrl = ready.routes[route]?.ingestUrl ?? '';
  const location = await locateLocalRelay(new URL(ingestUrl).origin);
  const relay = connectRelay(location);
  const { signal } = new AbortController();
  try {
    const { deadLetters } = await findDeadLetters({ ids: [] }, { relay, now: Date.now, signal });
    const redriven = await executeRedrive(planRedrive(deadLetters, location.routes, Date.now()), {
      queues: relay.queues,
      now: Date.now,
      signal,
      turn: async () => 'go',
      onProgress: () => {},
      onOther: () => {},
    });
    const failed = redriven.find(({ outcome }) => outcome.kind !== 'redriven');
    if (failed !== undefined || redriven.length === 0) throw new Error('the dead letter was not redriven');
  } finally {
    relay.close();
  }
}
