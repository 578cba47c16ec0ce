import * as z from 'zod';

/** What came of one request to Genesys. Holds nothing of the request: its headers have the token in them. */
export type PlatformAnswer =
  | { readonly kind: 'done'; readonly body: unknown }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly body: unknown;
      /** Of `Retry-After`, if Genesys gave one. */
      readonly retryAfterSeconds?: number | undefined;
      /** What Genesys's support finds the request by. */
      readonly correlationId?: string | undefined;
    }
  /** There was no answer: a name that does not resolve, a refused connection, a timeout. */
  | { readonly kind: 'unreachable'; readonly reason: string };

const headersSchema = z.object({
  'retry-after': z.string().optional(),
  'inin-correlation-id': z.string().optional(),
});

const extendedSchema = z.object({ status: z.number(), headers: headersSchema, body: z.unknown() });
const axiosErrorSchema = z.object({
  response: z.object({ status: z.number(), headers: headersSchema, data: z.unknown() }),
});

/**
 * Waits for a call of the SDK, made with `setReturnExtendedResponses(true)`, and keeps of it what is safe to keep: what
 * the SDK rejects with carries the whole request, and so the token or the client's secret.
 */
export async function answerOf(call: Promise<unknown>): Promise<PlatformAnswer> {
  try {
    const { body } = extendedSchema.parse(await call);
    return { kind: 'done', body };
  } catch (error) {
    return refusalOf(error);
  }
}

/** The same for a login, which the SDK settles differently: with the token's data, or with axios's own error. */
export async function answerOfLogin(call: Promise<unknown>): Promise<PlatformAnswer> {
  try {
    return { kind: 'done', body: await call };
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): PlatformAnswer {
  const extended = extendedSchema.safeParse(error);
  if (extended.success) return refused(extended.data);
  const axiosError = axiosErrorSchema.safeParse(error);
  if (axiosError.success) return refused({ ...axiosError.data.response, body: axiosError.data.response.data });
  return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
}

function refused({ status, headers, body }: z.output<typeof extendedSchema>): PlatformAnswer {
  const retryAfter = headers['retry-after']?.trim() ?? '';
  return {
    kind: 'refused',
    status,
    body,
    // Genesys gives seconds; a date, which HTTP allows, is taken for none.
    retryAfterSeconds: /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined,
    correlationId: headers['inin-correlation-id'],
  };
}
