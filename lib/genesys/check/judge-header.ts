import { relayCommand } from '../../operator/connection/relay-command.ts';
import type { Entrance } from './entrance.ts';
import type { Finding } from './finding.ts';
import { compareSecret, type KnownSecret } from './known-secret.ts';

type Headers = Readonly<Record<string, string>>;

interface Expected {
  readonly header: string;
  readonly value: (secret: string) => string;
}

/** What a route wants to see in a header: of the kinds that a fixed header can satisfy. */
function expectedHeader(verify: Entrance['verify']): Expected | undefined {
  switch (verify?.kind) {
    case 'header':
      return { header: verify.header, value: (secret) => `${verify.prefix}${secret}` };
    case 'basic':
      return {
        header: 'authorization',
        value: (secret) => `Basic ${Buffer.from(`${verify.username}:${secret}`).toString('base64')}`,
      };
    default:
      return undefined;
  }
}

/**
 * Whether the fixed headers of a request will let it in, at a route that knows its sender by a header. A value that
 * Genesys fills in itself, from its credentials, cannot be read, and so not be wrong.
 *
 * @param rotate how to give Genesys the right value
 */
export function judgeHeader(
  headers: Headers,
  { route, verify, flags }: Entrance,
  secret: KnownSecret,
  where: string,
): readonly Finding[] {
  const expected = expectedHeader(verify);
  if (expected === undefined) return [];
  const next = `put the value of \`${relayCommand({ flags }, 'secret show', route)}\` into header ${expected.header} of ${where}`;
  const sent = Object.entries(headers).find(([name]) => name.toLowerCase() === expected.header.toLowerCase())?.[1];
  if (sent === undefined) {
    const message = `it sends no header ${expected.header}, by which route ${route} knows its sender: refused with 401`;
    return [{ severity: 'problem', code: 'credential-missing', message, next }];
  }
  if (sent.includes('${')) {
    const message = `Genesys fills in header ${expected.header} itself: whether it is the secret of route ${route} cannot be read`;
    return [{ severity: 'note', code: 'secret-not-readable', message }];
  }
  if (secret.kind !== 'known') return notCompared(secret, route);
  switch (compareSecret(sent, withValues(secret, expected))) {
    case 'current':
      return [];
    case 'previous': {
      const message = `header ${expected.header} has the previous secret of route ${route}: let in until the next rotation`;
      return [{ severity: 'note', code: 'secret-previous', message, next }];
    }
    case 'masked': {
      const message = `Genesys does not show header ${expected.header}: whether it is right cannot be read`;
      return [{ severity: 'note', code: 'secret-not-readable', message }];
    }
    case 'other': {
      const message = `header ${expected.header} is not what route ${route} wants: refused with 401`;
      return [{ severity: 'problem', code: 'credential-differs', message, next }];
    }
  }
}

function withValues({ current, previous }: Extract<KnownSecret, { kind: 'known' }>, { value }: Expected) {
  return { kind: 'known' as const, current: value(current), previous: previous && value(previous) };
}

/** Nothing is said of a route that has no secret. */
export function notCompared(secret: Exclude<KnownSecret, { kind: 'known' }>, route: string): readonly Finding[] {
  if (secret.kind === 'none') return [];
  const message = `the secret of route ${route} was not compared: ${secret.reason}`;
  return [{ severity: 'note', code: 'secret-not-compared', message }];
}
