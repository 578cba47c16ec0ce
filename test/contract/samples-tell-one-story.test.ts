import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildConversationDetail } from '../../samples/build-conversation-detail.ts';

const folder = new URL('../../samples/', import.meta.url);

/** Made by its script and git-ignored: there or not, depending on what was run before. */
const generated = 'analytics-conversation-detail.json';
const committed = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== generated);

/** To be set up in Genesys, and no bodies. */
const setUp = ['data-action.json', 'trigger.json'];
const bodies = committed.filter((file) => !setUp.includes(file));

const conversationId = '0c4a6b1e-7f3d-4b0e-8a3c-51d0b9f7e2aa';
const customerAddress = 'cust-48213@chat.example';

function read(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

describe('the samples', () => {
  test('are all explained in their README', () => {
    const readme = read('README.md');
    for (const file of [...committed, generated]) expect(readme).toContain(`| \`${file}\` `);
  });

  test.each(bodies)('%s is JSON about the one conversation', (file) => {
    const text = read(file);
    expect(() => JSON.parse(text)).not.toThrow();
    expect(text.includes(customerAddress) || text.includes(conversationId)).toBe(true);
  });

  test('have a receipt for the text, under the same id', () => {
    const { id } = JSON.parse(read('open-messaging-text.json'));
    expect(JSON.parse(read('open-messaging-receipt.json'))).toMatchObject({ id, type: 'Receipt' });
  });
});

describe('the trigger', () => {
  const trigger = JSON.parse(read('trigger.json'));

  test('is for the topic that the data action posts, and hands over all of the event', () => {
    expect(trigger.topicName).toBe(JSON.parse(read('data-action-body.json')).topic);
    expect(trigger.target).toMatchObject({ type: 'Workflow', workflowTargetSettings: { dataFormat: 'Json' } });
  });

  test('lets the event of these samples through, however late', () => {
    const { event } = JSON.parse(read('data-action-body.json'));
    for (const { jsonPath, operator, value } of trigger.matchCriteria) {
      expect(operator).toBe('Equal');
      expect(event[jsonPath]).toBe(value);
    }
    expect(trigger).not.toHaveProperty('eventTTLSeconds');
  });
});

describe('the analytics conversation detail', () => {
  test.each([1, 320, 900])('has at least the %d KB asked for and not one visit more', (kilobytes) => {
    const bytes = Buffer.byteLength(JSON.stringify(buildConversationDetail(kilobytes * 1024)));
    expect(bytes).toBeGreaterThanOrEqual(kilobytes * 1024);
    expect(bytes).toBeLessThan((kilobytes + 10) * 1024);
  });

  test('is the same each time', () => {
    expect(buildConversationDetail(50_000)).toEqual(buildConversationDetail(50_000));
  });

  test('is of the conversation of the other samples, in the order of time', () => {
    const detail = buildConversationDetail(50_000);
    expect(detail).toMatchObject({ conversationId, conversationEnd: '2026-03-04T10:40:11.000Z' });
    const [customer, ...others] = detail.participants;
    expect(customer).toMatchObject({ purpose: 'customer', sessions: [{ addressFrom: customerAddress }] });
    const starts = others.map(({ sessions }) => sessions[0]?.segments[0]?.segmentStart ?? '');
    expect(starts).toEqual([...starts].sort());
    expect(starts[0]).toBe(detail.conversationStart);
  });
});
