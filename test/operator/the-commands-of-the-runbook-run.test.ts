import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lostEvent, rejectedMessage, webhookMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay, type TestMessage } from './emulated-relay.ts';
import { serveReady, type TestServer } from './local-ready-server.ts';
import { type Finished, relayCommand } from './relay-child-process.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');

/** The entries of the alarms, each with the lines of its shell blocks. */
const entries = runbook
  .split(/^## /m)
  .slice(1)
  .map((entry) => ({
    heading: entry.slice(0, entry.indexOf('\n')),
    commands: Array.from(entry.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm), ([, block = '']) => block)
      .flatMap((block) => block.split('\n'))
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  }));

/** What the operator answers, by the beginning of the command; nothing is asked with `--dry-run`. */
const answers: readonly (readonly [command: RegExp, ...answer: string[]])[] = [
  [/^(?:dlq edit|secret rotate)/, '--yes'],
  // Nobody delivers here what is redriven.
  [/^dlq redrive/, '--yes', '--wait', '0'],
  [/^dlq purge/, '--confirm', 'purge 2'],
];

/** Commands that change nothing and need no dead letter: run once, wherever they stand. */
const onlyTells = /^(?:doctor|route list|secret show)/;

/** A doctor that finds something ends with 1; of the emulated relay it finds that nobody listens at the way in. */
const mayFind = /^doctor/;

/** Each of the tests has files of its own. */
const fileName = /\b[a-z-]+\.(?:json|ndjson)\b/;

describe('the commands of the runbook', () => {
  let emulated: EmulatedRelay;
  let local: TestServer;
  beforeAll(async () => {
    emulated = await startEmulatedRelay();
    local = await serveReady(emulated.location);
  });
  afterAll(async () => {
    await local.stop();
    await emulated.stop();
    rmSync(folder, { recursive: true });
  });

  const folder = mkdtempSync(join(tmpdir(), 'relay-runbook-'));

  const told = new Map<string, Promise<Finished>>();

  /** Runs a line of the runbook against the emulated relay, which has two dead letters. */
  async function run(line: string): Promise<Finished> {
    const words = line.replace(/^npx relay /, '').replace(' --stack NAME', '');
    if (!onlyTells.test(words)) return runWithDeadLetters(words);
    const once = told.get(words) ?? runWithDeadLetters(words);
    told.set(words, once);
    return once;
  }

  async function runWithDeadLetters(words: string): Promise<Finished> {
    await emulated.reset();
    const queueUrl = emulated.main.deadLetterQueueUrl;
    const id = await emulated.sendTo(queueUrl, deadLetterFor(words));
    await emulated.sendTo(queueUrl, deadLetterFor(words));
    const file = join(mkdtempSync(join(folder, 'run-')), 'file');
    const named = words
      .replace(/\bROUTE\b/, 'main')
      .replace(/\bID\b/, id)
      .replace(/\bCAUSE\b/, 'rejected');
    expect(named).not.toMatch(/\b[A-Z]{2,}\b/);
    const filled = named.replace(fileName, file);
    if (filled.includes('--resume')) await relay(`dlq redrive --dry-run --plan ${file}`);
    if (words.startsWith('dlq purge')) return relay(`${filled} --output ${join(folder, id)}`, ...answersTo(words));
    return relay(filled, ...answersTo(words));
  }

  function relay(words: string, ...more: readonly string[]): Promise<Finished> {
    const editor = { VISUAL: 'sed -i s/event/edited/' };
    return relayCommand([...words.split(' '), ...more, '--local', local.url], editor);
  }

  test('are those of the operator’s tool', () => {
    for (const command of entries.flatMap(({ commands }) => commands)) expect(command).toMatch(/^npx relay /);
  });

  describe.each(entries)('under $heading', ({ commands }) => {
    test('there is one', () => {
      expect(commands).not.toEqual([]);
    });

    test.each([...new Set(commands)])('%s', async (line) => {
      const { exitCode, stdout, stderr } = await run(line);
      const words = line.replace(/^npx relay /, '');
      const isDone = exitCode === 0 || (exitCode === 1 && mayFind.test(words));
      expect({ isDone, exitCode, stderr }).toMatchObject({ isDone: true });
      // What goes to a file is told beside it.
      expect(words.includes('--output') ? stderr : stdout).not.toBe('');
    });
  });
});

/** One that the command is about. */
function deadLetterFor(words: string): TestMessage {
  if (words.includes('--cause receive-limit')) return webhookMessage(newEventId());
  if (words.includes('--cause not-queued')) return lostEvent;
  return rejectedMessage(newEventId());
}

function answersTo(words: string): readonly string[] {
  if (words.includes('--dry-run')) return [];
  const [, ...answer] = answers.find(([command]) => command.test(words)) ?? [];
  return answer;
}
