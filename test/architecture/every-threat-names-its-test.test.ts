import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from '@jest/globals';

const heading = '## Threats, and what is done about them';

interface Threat {
  readonly threat: string;
  readonly cells: readonly string[];
  readonly tests: readonly { readonly name: string; readonly path: string }[];
}

/** The rows of the table below the heading, less the two lines that head it. */
function threats(): readonly Threat[] {
  const section = readFileSync('SECURITY.md', 'utf8').split(heading)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) => {
    const cells = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    const tests = Array.from((cells[4] ?? '').matchAll(/\[([^\]]+)\]\(([^)]+)\)/g), ([, name = '', path = '']) => ({
      name,
      path,
    }));
    return { threat: cells[2] ?? '', cells, tests };
  });
}

test('there is a threat model to look at', () => {
  expect(threats().length).toBeGreaterThan(15);
});

test.each(threats())('$threat: has an asset, an entry point and a defence, and a test that exists', (threat) => {
  expect(threat.cells).toHaveLength(5);
  expect(threat.cells).not.toContain('');
  expect(threat.tests).not.toEqual([]);
  for (const { name, path } of threat.tests) {
    expect(basename(path)).toBe(`${name}.test.ts`);
    expect(existsSync(path)).toBe(true);
  }
});
