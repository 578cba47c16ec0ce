import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { writeStep } from '../../lambdas/adapters/write-step.ts';

describe('a step', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('is one line of JSON with its fields at the top and a level', () => {
    writeStep({ step: 'accepted', route: 'open-messaging', eventId: 'e-1', bytes: 42 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'INFO',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      step: 'accepted',
      route: 'open-messaging',
      eventId: 'e-1',
      bytes: 42,
    });
  });

  test('stays one line whatever an error says', () => {
    writeStep({ step: 'fault', route: 'r', during: 'claiming', error: 'first line\nsecond line\r\u2028third' });
    expect(lines.join('').trimEnd().split(/\r?\n/)).toHaveLength(1);
  });

  test('is an error where an event is in danger, and a warning where the relay copes', () => {
    writeStep({ step: 'not-stored', route: 'r', error: 'no' });
    writeStep({ step: 'dead-letter', route: 'r', eventId: 'e', attempt: 1, cause: 'rejected', error: 'HTTP 400' });
    writeStep({ step: 'fault', route: 'r', during: 'claiming', error: 'no' });
    writeStep({ step: 'retrying', route: 'r', eventId: 'e', attempt: 1, inSeconds: 5, error: 'HTTP 500' });
    writeStep({ step: 'refused', route: 'r', reason: 'signature-mismatch' });
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['ERROR', 'ERROR', 'ERROR', 'WARN', 'WARN']);
  });
});
