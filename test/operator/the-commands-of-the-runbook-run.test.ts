import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rejectedMessage } from './dead-letter-messages.ts';
import { type EmulatedRelay, newEventId, startEmulatedRelay } from './emulated-relay.ts';
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

/** Commands that ask, unless they only show what they would do. */
const asks = /^(?:dlq redrive|secret rotate)(?!.*--dry-run)/;

/** Commands that change nothing and need no dead letter: run once, wherever they stand. */
const onlyTells = /^(?:route list|secret show)/;

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
  });

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
    const id = await emulated.sendTo(queueUrl, rejectedMessage(newEventId()));
    await emulated.sendTo(queueUrl, rejectedMessage(newEventId()));
    const filled = words.replace(/\bROUTE\b/, 'main').replace(/\bID\b/, id);
    expect(filled).not.toMatch(/\b[A-Z]{2,}\b/);
    const answered = asks.test(words) ? ['--yes'] : [];
    return relayCommand([...filled.split(' '), ...answered, '--local', local.url]);
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
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(stdout).not.toBe('');
    });
  });
});
