import * as z from 'zod';
import { literalOutOfReach } from '../../lambdas/contract/address-class.ts';
import { headerName, options, wholeNumber } from './config-parts.ts';
import { reservedHeaders } from './reserved-headers.ts';

/** With the six characters that Secrets Manager puts at the end: a permission for an ARN without them covers others. */
const secretArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/, {
    error: 'must be the whole ARN of a secret in Secrets Manager',
  });

const headerValue = z.union(
  [z.string().regex(/^[\t -~]*$/, { error: 'must be printable ASCII' }), options({ secretArn })],
  {
    error: "must be printable ASCII, or { secretArn: '…' }",
  },
);

/** Where a route's events go: `routes.NAME.deliverTo`. */
export const deliverToSchema = options({
  url: z.string({ error: 'must be the URL of your endpoint' }),
  timeoutSeconds: wholeNumber(1, 60).default(10),
  headers: z
    .record(headerName, headerValue)
    .default({})
    .superRefine((headers, context) => {
      for (const name of Object.keys(headers)) {
        if (reservedHeaders.has(name.toLowerCase())) {
          context.addIssue({
            code: 'custom',
            path: [name],
            message: 'is set by the relay itself; choose another name',
          });
        }
      }
    }),
  maxConcurrency: wholeNumber(2, 1_000).default(10),
  allowPrivateNetwork: z.boolean().default(false),
  sign: z.boolean().default(true),
}).superRefine((deliverTo, context) => {
  const problem = urlProblem(deliverTo.url, deliverTo.allowPrivateNetwork);
  if (problem !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: problem });
});

function urlProblem(text: string, allowPrivateNetwork: boolean): string | undefined {
  if (!URL.canParse(text)) return 'must be an absolute URL such as https://example.com/genesys';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not hold credentials; put them into deliverTo.headers';
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https://';
  if (url.protocol === 'http:' && !allowPrivateNetwork) {
    return 'must start with https:// (http:// needs allowPrivateNetwork: true)';
  }
  if (literalOutOfReach(url, 'private-network') !== undefined) return 'must not lead to an address that is no endpoint';
  if (allowPrivateNetwork || literalOutOfReach(url, 'internet') === undefined) return undefined;
  return 'must lead to a public address (a private one needs allowPrivateNetwork: true)';
}
