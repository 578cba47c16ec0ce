import * as z from 'zod/mini';
import { memberText } from './member-text.ts';
import { parseJson } from './parse-json.ts';

/** An event of a bus, as a rule of EventBridge puts it on a queue: JSON in the body, and no attributes. */
export interface BusEvent {
  /** EventBridge's own, the same however often it delivers the event. */
  readonly id: string;
  /** For a partner's event the name of its event source, which is that of its bus as well. */
  readonly source: string;
  /** JSON, in the bytes that came. */
  readonly detail: string;
}

const envelopeSchema = z.object({
  // A UUID, but what is not checked by us must not end up in a header.
  id: z.string().check(z.regex(/^[0-9A-Za-z-]{1,128}$/)),
  source: z.string().check(z.minLength(1)),
  'detail-type': z.string(),
  detail: z.looseObject({}),
});

/** The event in the body of a message that has no event id of its own; undefined for any other body. */
export function readBusEvent(body: string): BusEvent | undefined {
  const parsed = z.safeParse(envelopeSchema, parseJson(body));
  if (!parsed.success) return undefined;
  const detail = memberText(body, 'detail');
  return detail === undefined ? undefined : { id: parsed.data.id, source: parsed.data.source, detail };
}
