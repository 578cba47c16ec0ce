import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildConversationDetail } from '../../../samples/build-conversation-detail.ts';
import type { AnswerScript } from './scripted-answers.ts';

/** One thing that is done with a webhook, and the step that shows that it is over. */
export type Scene =
  | { readonly kind: 'send'; readonly until: string }
  | { readonly kind: 'mend-and-redrive'; readonly until: string };

/** What is done with one webhook, and what must come of it. */
export interface Act {
  readonly title: string;
  readonly body: Uint8Array;
  readonly answers: AnswerScript;
  readonly scenes: readonly Scene[];
  /** Every step that the relay tells of the event. */
  readonly steps: readonly string[];
  /** How often the destination is called. */
  readonly posts: number;
}

/** The webhooks of the demo, in the order they are sent. */
export async function prepareActs(): Promise<readonly Act[]> {
  return [
    {
      title: 'a small webhook, and a copy of it',
      body: await sample('open-messaging-text.json'),
      answers: [200],
      scenes: [
        { kind: 'send', until: 'delivered' },
        { kind: 'send', until: 'duplicate' },
      ],
      steps: ['accepted', 'delivered', 'accepted', 'duplicate'],
      posts: 1,
    },
    {
      title: 'one over the inline limit',
      body: Buffer.from(JSON.stringify(buildConversationDetail(320 * 1024))),
      answers: [200],
      scenes: [{ kind: 'send', until: 'delivered' }],
      steps: ['offloaded', 'accepted', 'delivered'],
      posts: 1,
    },
    {
      title: 'a destination that fails twice, then heals',
      body: await sample('open-messaging-structured.json'),
      answers: [503, 503, 200],
      scenes: [{ kind: 'send', until: 'delivered' }],
      steps: ['accepted', 'retrying', 'retrying', 'delivered'],
      posts: 3,
    },
    {
      title: 'a destination that answers 400, mended, redriven',
      body: await sample('open-messaging-attachment.json'),
      answers: [400],
      scenes: [
        { kind: 'send', until: 'dead-letter' },
        { kind: 'mend-and-redrive', until: 'delivered' },
      ],
      steps: ['accepted', 'dead-letter', 'delivered'],
      posts: 2,
    },
  ];
}

function sample(name: string): Promise<Uint8Array> {
  return readFile(fileURLToPath(new URL(`../../../samples/${name}`, import.meta.url)));
}
