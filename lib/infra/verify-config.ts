import * as z from 'zod';
import { openMessagingSignatureHeader } from '../../lambdas/contract/signature-headers.ts';
import { headerName, options, wholeNumber } from './config-parts.ts';
import { reservedHeaders } from './reserved-headers.ts';

/** Headers that cannot tell who sent a request: they mean something else on its way in, or on its way out. */
const unfitForVerification = new Set(
  [...reservedHeaders, 'idempotency-key'].filter((name) => name !== openMessagingSignatureHeader),
);

const verifyHeaderName = headerName.refine((name) => !unfitForVerification.has(name.toLowerCase()), {
  error: 'must be a header that neither HTTP nor the relay uses for something else',
});

const headerPrefix = z.string().regex(/^[ -~]{0,64}$/, { error: 'must be printable ASCII, 64 characters at most' });

const allowed =
  "must be { kind: 'open-messaging' }, 'hmac-sha256', 'header', 'basic', 'standard-webhooks', or { kind: 'none', acceptUnsigned: true }";

/** How a route knows its sender: `routes.NAME.verify`. */
export const verifySchema = z.discriminatedUnion(
  'kind',
  [
    options({ kind: z.literal('open-messaging') }),
    options({
      kind: z.literal('hmac-sha256'),
      header: verifyHeaderName,
      prefix: headerPrefix.default(''),
      encoding: z.enum(['hex', 'base64'], { error: "must be 'hex' or 'base64'" }).default('hex'),
      timestamp: options({ header: headerName, toleranceSeconds: wholeNumber(1, 3_600).default(300) }).optional(),
    }),
    options({ kind: z.literal('header'), header: verifyHeaderName, prefix: headerPrefix.default('') }),
    options({
      kind: z.literal('basic'),
      username: z
        .string()
        .regex(/^[!-9;-~]{1,64}$/, { error: 'must be 1 to 64 printable ASCII characters without space and colon' })
        .default('genesys'),
    }),
    options({ kind: z.literal('standard-webhooks') }),
    options({
      kind: z.literal('none'),
      acceptUnsigned: z.literal(true, {
        error: 'must be true: without verification anybody who knows the URL can send events',
      }),
    }),
  ],
  { error: allowed },
);

/** A route that is only for the events of a bus has no way in for webhooks, and nothing to say about them. */
function problemsWithoutVerification(route: Route): readonly Problem[] {
  if (route.eventBridge === undefined) return [{ path: ['verify'], message: allowed }];
  return (['allowCidrs', 'eventId'] as const)
    .filter((key) => route[key] !== undefined)
    .map((key) => ({ path: [key], message: 'is about webhooks, which a route without verify does not take' }));
}

interface Route {
  readonly verify?: z.output<typeof verifySchema> | undefined;
  readonly allowCidrs?: readonly string[] | undefined;
  readonly eventId?: { readonly header?: string | undefined } | undefined;
  readonly eventBridge?: object | undefined;
  readonly deliverTo: { readonly headers: Readonly<Record<string, unknown>> };
}

interface Problem {
  readonly path: string[];
  readonly message: string;
}

/** Whether a route has a way in, and what a header of the sender must not be used for, because of what it is already. */
export function verificationProblems(route: Route): readonly Problem[] {
  const { verify, eventId, deliverTo } = route;
  if (verify === undefined) return problemsWithoutVerification(route);
  const proof = proofHeaderOf(verify);
  if (proof !== undefined && eventId?.header?.toLowerCase() === proof.name.toLowerCase()) {
    return [{ path: ['eventId', 'header'], message: `must not be ${proof.whyNoId}` }];
  }
  const signature = verify.kind === 'hmac-sha256' && verify.timestamp === undefined ? verify.header : undefined;
  return Object.keys(deliverTo.headers)
    .filter((name) => name.toLowerCase() === signature?.toLowerCase())
    .map((name) => ({
      path: ['deliverTo', 'headers', name],
      message: "is the sender's signature, which is passed on; choose another name",
    }));
}

/** The header that a sender proves itself with, and why no event may be known by it. */
function proofHeaderOf(
  verify: z.output<typeof verifySchema>,
): { readonly name: string; readonly whyNoId: string } | undefined {
  const credential = 'the credential: event ids are logged and passed on';
  const signature = 'the signature: it can be written in several ways, and a copy of the event would be a new one';
  switch (verify.kind) {
    case 'header':
      return { name: verify.header, whyNoId: credential };
    case 'basic':
      return { name: 'authorization', whyNoId: credential };
    case 'hmac-sha256':
      return { name: verify.header, whyNoId: signature };
    case 'open-messaging':
      return { name: openMessagingSignatureHeader, whyNoId: signature };
    case 'standard-webhooks':
      return { name: 'webhook-signature', whyNoId: signature };
    case 'none':
      return undefined;
  }
}
