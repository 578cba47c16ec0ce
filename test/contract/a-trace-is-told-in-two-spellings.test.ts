import { describe, expect, test } from '@jest/globals';
import { parseTraceHeader, writeTraceHeader, writeTraceParent } from '../../lambdas/contract/trace-header.ts';

const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

describe('a tracing header', () => {
  test.each([
    ['as Lambda has it', `${header};Lineage=1:a87bd80c:0|68fd508a:5`],
    ['in another order, with spaces', 'Sampled=1; Root=1-5759e988-bd862e3fe1be46a994272793; Parent=53995c3f42cd8ad8'],
    ['as it is written', header],
  ])('is read %s, and written without what else it held', (_how, text) => {
    const trace = parseTraceHeader(text);
    expect(trace).toEqual({
      root: '1-5759e988-bd862e3fe1be46a994272793',
      parent: '53995c3f42cd8ad8',
      sampled: true,
    });
    expect(trace && writeTraceHeader(trace)).toBe(header);
    expect(trace && writeTraceParent(trace)).toBe('00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01');
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['one without a parent', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'],
    ['one whose sampling is still open', header.replace('Sampled=1', 'Sampled=?')],
    ['a root of another length', header.replace('bd862e', '')],
    ['text that is more than a header', `${header}\r\nx-evil: 1`],
    ['anything else', 'constructor;__proto__=1'],
  ])('that is %s links to nothing', (_what, text) => {
    expect(parseTraceHeader(text)).toBeUndefined();
  });
});
