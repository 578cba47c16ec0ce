import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources: readonly SourceFile[] = globSync(['bin/**/*.ts', 'lib/**/*.ts', 'lambdas/**/*.ts']).map((path) => {
  const text = withoutComments(readFileSync(path, 'utf8'));
  const specifiers = Array.from(
    text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g),
    ([, specifier]) => specifier ?? '',
  );
  return {
    path,
    text,
    imports: specifiers.map((name) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name)),
  };
});

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, '');
}

const under = (...folders: string[]) =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)));

/** Everything in the Lambda functions but their edges. */
const cores = under('lambdas/contract', 'lambdas/ingest', 'lambdas/processor', 'lambdas/sweeper').filter(
  ({ path }) => !path.endsWith('/handler.ts'),
);

test('there are sources to look at', () => {
  expect(cores.length).toBeGreaterThan(15);
  expect(sources.length).toBeGreaterThan(cores.length);
});

describe('cores', () => {
  test.each(cores)('$path touches neither AWS nor the process nor the clock', ({ text, imports }) => {
    expect(imports.filter((name) => name.startsWith('@aws-sdk') || name.startsWith('lambdas/adapters'))).toEqual([]);
    expect(text).not.toMatch(/\bprocess\.|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b/);
  });
});

test('lambdas import nothing of lib', () => {
  expect(offences(under('lambdas'), (name) => name.startsWith('lib/'))).toEqual([]);
});

test('constructs import only the contract of the lambdas', () => {
  const forbidden = (name: string) => name.startsWith('lambdas/') && !name.startsWith('lambdas/contract/');
  expect(offences(under('lib/infra'), forbidden)).toEqual([]);
});

test('constructs, operator and Genesys logic know neither the terminal nor the process', () => {
  const talkative = under('lib/operator', 'lib/genesys', 'lib/infra').filter(({ text }) =>
    /\bconsole\.(?:log|error|warn)|\bprocess\./.test(text),
  );
  expect(talkative.map(({ path }) => path)).toEqual([]);
});

test('nothing reaches up: constructs, local run and operator do not import the shells', () => {
  expect(offences(under('lib', 'lambdas'), (name) => name.startsWith('bin/'))).toEqual([]);
});

function offences(files: readonly SourceFile[], forbidden: (name: string) => boolean): string[] {
  return files.flatMap(({ path, imports }) => imports.filter(forbidden).map((name) => `${path} imports ${name}`));
}
