import { beforeAll, expect, test } from '@jest/globals';
import { relayCommand } from './relay-child-process.ts';

/** Of a terminal beside an editor. Lines of examples are to be copied, and so may be longer. */
const columns = 100;

/** Every command with its help text, `relay` itself first. */
let texts: ReadonlyMap<string, string>;
beforeAll(async () => {
  texts = new Map(await helpOf([]));
});

test('every command has been asked', () => {
  expect([...texts.keys()]).toEqual(
    expect.arrayContaining(['relay', 'relay dlq', 'relay dlq redrive', 'relay genesys check', 'relay doctor']),
  );
  expect(texts.size).toBeGreaterThanOrEqual(20);
});

test(`no line is longer than ${columns} columns`, () => {
  for (const [command, text] of texts) {
    const tooLong = text.split('\n').filter((line) => line.length > columns && !/^ {2}(?:relay| )/.test(line));
    expect([command, tooLong]).toEqual([command, []]);
  }
});

test('each has examples of itself', () => {
  for (const [command, text] of texts) {
    const [, examples = ''] = text.split(/^(?:Examples|At three in the morning):$/m);
    expect([command, examples]).toEqual([command, expect.stringContaining(`\n  ${command} `)]);
  }
});

/** Of a command, and of those under it. */
async function helpOf(words: readonly string[]): Promise<readonly (readonly [command: string, text: string])[]> {
  const { exitCode, stdout } = await relayCommand([...words, '--help']);
  expect(exitCode).toBe(0);
  const [, commands = ''] = stdout.split(/^Commands:$/m);
  const names = Array.from(commands.split(/^$/m)[0]?.matchAll(/^ {2}([a-z-]+)/gm) ?? [], ([, name = '']) => name);
  const under = await Promise.all(names.filter((name) => name !== 'help').map((name) => helpOf([...words, name])));
  return [[['relay', ...words].join(' '), stdout], ...under.flat()];
}
