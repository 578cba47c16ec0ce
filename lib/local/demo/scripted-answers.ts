import { createHash } from 'node:crypto';
import type { Delivery, DestinationBehaviour } from '../destination.ts';

/** The answers of a destination to one body, in turn; the last one from then on. */
export type AnswerScript = readonly [number, ...number[]];

/** A destination that treats each body as it was told to, and others well. */
export interface ScriptedAnswers {
  script(body: Uint8Array, statuses: AnswerScript): void;
  /** How often a body was posted. */
  posts(body: Uint8Array): number;
  readonly behave: (delivery: Delivery) => DestinationBehaviour;
}

/** Goes by the body and not by the event id, which nobody knows before the webhook was accepted. */
export function scriptAnswers(): ScriptedAnswers {
  const scripts = new Map<string, number[]>();
  const posts = new Map<string, number>();
  return {
    script: (body, statuses) => scripts.set(digest(body), [...statuses]),
    posts: (body) => posts.get(digest(body)) ?? 0,
    behave: ({ body }) => {
      const key = digest(body);
      posts.set(key, (posts.get(key) ?? 0) + 1);
      const script = scripts.get(key) ?? [];
      const status = (script.length > 1 ? script.shift() : script[0]) ?? 200;
      return { kind: 'answer', status };
    },
  };
}

function digest(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
