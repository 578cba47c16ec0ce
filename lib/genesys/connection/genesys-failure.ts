import * as z from 'zod';
import { OperatorError } from '../../operator/operator-error.ts';
import { printable } from '../../operator/terminal/printable.ts';
import type { PlatformAnswer } from './platform-answer.ts';

/** Why Genesys did not do what it was asked. */
export type GenesysFailure =
  /** The client does not exist in this region, its secret is another, or it may not log in this way. */
  | { readonly kind: 'login-refused'; readonly host: string; readonly said: string }
  /** The organization may do without what was asked: the role of the client lacks a permission. */
  | { readonly kind: 'permission-missing'; readonly permissions: readonly string[]; readonly said: string }
  /** A token was refused, and the one that was got in its place, too. */
  | { readonly kind: 'token-refused'; readonly said: string }
  /** Genesys limits the pace, and asks for a longer wait than a command should make anybody sit through. */
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'not-found'; readonly said: string }
  | { readonly kind: 'unreachable'; readonly host: string; readonly reason: string }
  | {
      readonly kind: 'unexpected';
      readonly status: number;
      readonly said: string;
      readonly correlationId: string | undefined;
    }
  /** A 200 whose body is not what the SDK's models promise. */
  | { readonly kind: 'not-understood'; readonly problem: string };

/** A {@link GenesysFailure} on its way to whoever can say what it means for the command. */
export class GenesysError extends OperatorError {
  readonly failure: GenesysFailure;

  /** @param action what was being done, as in "list the Open Messaging integrations" */
  constructor(action: string, failure: GenesysFailure) {
    super('GENESYS_FAILED', `could not ${action}: ${describeFailure(failure)}; ${nextStep(failure)}`);
    this.failure = failure;
  }
}

/** What happened, in one clause. */
export function describeFailure(failure: GenesysFailure): string {
  switch (failure.kind) {
    case 'login-refused':
      return `Genesys Cloud in ${failure.host} refused the OAuth client: ${failure.said}`;
    case 'permission-missing':
      return failure.permissions.length === 0
        ? `Genesys Cloud answered 403: ${failure.said}`
        : `the OAuth client's roles lack ${failure.permissions.join(' or ')}`;
    case 'token-refused':
      return `Genesys Cloud refused the token with 401, and the next one, too: ${failure.said}`;
    case 'rate-limited':
      return `Genesys Cloud limits the pace, and asks to wait another ${failure.retryAfterSeconds} s`;
    case 'not-found':
      return `Genesys Cloud knows no such thing: ${failure.said}`;
    case 'unreachable':
      return `Genesys Cloud in ${failure.host} cannot be reached: ${failure.reason}`;
    case 'unexpected':
      return `Genesys Cloud answered ${failure.status}: ${failure.said}`;
    case 'not-understood':
      return `Genesys Cloud's answer is not what its SDK promises: ${failure.problem}`;
  }
}

/** What to do about it, in one clause. */
export function nextStep(failure: GenesysFailure): string {
  switch (failure.kind) {
    case 'login-refused':
      return 'check GENESYSCLOUD_OAUTHCLIENT_ID and _SECRET, that the client has the grant type Client Credentials, and that GENESYSCLOUD_REGION is the region of its organization';
    case 'permission-missing':
      return 'add the permission to a role (Admin, Roles/Permissions), and the role to the OAuth client (Admin, Integrations, OAuth, its Roles tab)';
    case 'token-refused':
      return 'see whether the OAuth client is disabled, or the organization keeps its address from logging in (Admin, Organization Settings, allowed IP addresses)';
    case 'rate-limited':
      return 'try again then: other programs may use the same OAuth client, which has 300 requests a minute';
    case 'not-found':
      return 'it may have been deleted meanwhile: run the command again';
    case 'unreachable':
      return 'check GENESYSCLOUD_REGION, the network, and a proxy on the way';
    case 'unexpected':
      return failure.correlationId === undefined
        ? 'try again; status.mypurecloud.com tells of outages'
        : `try again; Genesys's support finds the request by ININ-Correlation-Id ${failure.correlationId}`;
    case 'not-understood':
      return 'a newer version of the relay may know it';
  }
}

const errorBodySchema = z.object({
  message: z.string().optional(),
  /** The login's own words. */
  description: z.string().optional(),
  error_description: z.string().optional(),
  error: z.string().optional(),
  code: z.string().optional(),
  messageParams: z.record(z.string(), z.string()).optional(),
});

/** Genesys's own words in the body of an answer, made safe to print. */
export function saidIn(body: unknown): string {
  if (typeof body === 'string' && body !== '') return printable(body.slice(0, 200)).replace(/\s+/g, ' ');
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return 'without a reason';
  const { message, description, error_description, error, code } = parsed.data;
  return printable(message ?? description ?? error_description ?? error ?? code ?? 'without a reason');
}

/**
 * The permissions that a 403 names, as `messaging:integration:view`. Genesys puts them into the text, between brackets
 * (`You must have at least one of the following permissions assigned: [messaging:integration:view]`), and sometimes into
 * `messageParams`, too.
 */
export function permissionsIn(body: unknown): readonly string[] {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return [];
  const text = [parsed.data.message ?? '', ...Object.values(parsed.data.messageParams ?? {})].join(' ');
  return [...new Set(text.match(/\b[a-z][\w-]*:[\w-]+:[\w-]+/gi) ?? [])];
}

/** What an answer other than a 2xx comes to, once nothing more can be tried. */
export function failureOf(answer: Exclude<PlatformAnswer, { kind: 'done' }>, host: string): GenesysFailure {
  if (answer.kind === 'unreachable') return { kind: 'unreachable', host, reason: answer.reason };
  const { status, body, correlationId } = answer;
  const said = saidIn(body);
  switch (status) {
    case 401:
      return { kind: 'token-refused', said };
    case 403:
      return { kind: 'permission-missing', permissions: permissionsIn(body), said };
    case 404:
      return { kind: 'not-found', said };
    default:
      return { kind: 'unexpected', status, said, correlationId };
  }
}
