import * as z from 'zod';

/** What becomes of the messages of a batch that was invoked without an error. */
export type BatchOutcome =
  | { readonly kind: 'settled'; readonly failedIds: ReadonlySet<string> }
  /** Every message stays on the queue. */
  | { readonly kind: 'kept'; readonly why: string };

// Lambda takes an empty response, and an empty or missing list, for a complete success.
const responseSchema = z.union([
  z.null(),
  z.undefined(),
  z.object({
    batchItemFailures: z
      .array(z.object({ itemIdentifier: z.string().min(1) }))
      .nullish()
      .transform((failures) => failures ?? []),
  }),
]);

/**
 * Reads a function's partial batch response as Lambda does: whatever is doubtful about it keeps the whole batch, since
 * a message delivered twice is better than one lost (Lambda guide, "Implementing partial batch responses").
 */
export function readBatchOutcome(response: unknown, messageIds: ReadonlySet<string>): BatchOutcome {
  const parsed = responseSchema.safeParse(response);
  if (!parsed.success) return { kind: 'kept', why: 'the function returned no batchItemFailures that can be read' };
  const failedIds = new Set((parsed.data?.batchItemFailures ?? []).map((failure) => failure.itemIdentifier));
  for (const id of failedIds) {
    if (!messageIds.has(id)) return { kind: 'kept', why: `the function returned ${id}, which is not in the batch` };
  }
  return { kind: 'settled', failedIds };
}
