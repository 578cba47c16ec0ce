import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { confirmOn } from '../../lib/operator/terminal/confirm.ts';

test.each([
  ['y\n', true],
  ['YES\n', true],
  [' yes \r\n', true],
  ['n\n', false],
  ['\n', false],
  ['yep\n', false],
  ['', false],
])('%j answers %s', async (typed, expected) => {
  const input = new PassThrough();
  const output = new PassThrough();
  input.end(typed);

  expect(await confirmOn(input, output)('go on?')).toBe(expected);

  output.end();
  expect(await text(output)).toContain('go on? [y/N] ');
});
