import * as z from 'zod';
import type { CallGenesys } from '../connection/call-genesys.ts';
import { GenesysError } from '../connection/genesys-failure.ts';

const triggerSchema = z.object({
  id: z.string(),
  name: z.string().default(''),
  topicName: z.string().default(''),
  enabled: z.boolean().default(false),
  target: z.object({ type: z.string().optional(), id: z.string().optional() }).optional(),
  eventTTLSeconds: z.number().optional(),
  delayBySeconds: z.number().optional(),
});

/** A process-automation trigger: it starts a workflow when an event of its topic matches. */
export type Trigger = z.output<typeof triggerSchema>;

const pageSchema = z.object({ entities: z.array(triggerSchema).default([]), nextUri: z.string().nullish() });

/** The SDK takes it as text, and Genesys gives no more at once. */
const pageSize = '200';

/** @throws GenesysError; without `processautomation:trigger:view` one that says so */
export async function listTriggers(call: CallGenesys): Promise<readonly Trigger[]> {
  const action = 'list the triggers';
  const all: Trigger[] = [];
  const seen = new Set<string>();
  let after: string | undefined;
  do {
    const { entities, nextUri } = await call({
      action,
      send: ({ processAutomation }) =>
        processAutomation.getProcessautomationTriggers({ pageSize, ...(after === undefined ? {} : { after }) }),
      result: pageSchema,
    });
    all.push(...entities);
    after = cursorIn(nextUri ?? undefined);
    if (after !== undefined && seen.has(after)) {
      throw new GenesysError(action, { kind: 'not-understood', problem: 'its pages go in a circle' });
    }
    seen.add(after ?? '');
  } while (after !== undefined);
  return all;
}

/** The next page is told as an address: of it the SDK wants the cursor. */
function cursorIn(nextUri: string | undefined): string | undefined {
  if (nextUri === undefined) return undefined;
  return new URL(nextUri, 'https://genesys.invalid').searchParams.get('after') ?? undefined;
}
