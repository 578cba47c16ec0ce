import * as z from 'zod';

const acceptedSchema = z.object({ id: z.string() });

/** The event id in the answer to an accepted webhook. */
export async function acceptedEventId(answer: Response): Promise<string> {
  if (answer.status !== 200) throw new Error(`not accepted: ${answer.status} ${await answer.text()}`);
  return acceptedSchema.parse(await answer.json()).id;
}
