import type { GenesysFailure } from '../connection/genesys-failure.ts';

/** Something to know about one thing in Genesys. Stable: scripts match on `code`. */
export interface Finding {
  /** A problem keeps events from arriving, or will; a note does not. */
  readonly severity: 'problem' | 'note';
  readonly code: FindingCode;
  /** What is so, in one sentence. */
  readonly message: string;
  /** What to do about it; undefined when there is nothing to do. */
  readonly next?: string | undefined;
}

/** docs/genesys.md has a row for each. */
export const findingCodes = [
  'url-http',
  'url-trailing-slash',
  'url-letter-case',
  'url-unknown-route',
  'url-other-path',
  'url-other-port',
  'url-templated',
  'url-other-host',
  'create-failed',
  'create-unfinished',
  'not-active',
  'not-enabled',
  'secret-differs',
  'secret-previous',
  'secret-not-readable',
  'secret-not-compared',
  'credential-missing',
  'credential-differs',
  'verification-unfit',
  'unsigned',
  'no-way-in',
  'not-a-post',
  'no-event-id',
  'no-trigger',
  'drops-late-events',
  'source-pending',
  'source-missing',
  'no-topics',
  'nothing-arrives',
  'route-unused',
] as const;

export type FindingCode = (typeof findingCodes)[number];

/** What is found out about one kind of thing in Genesys; or why nothing is. */
export type Section<Item> =
  | { readonly looked: true; readonly items: readonly Item[] }
  | { readonly looked: false; readonly failure: GenesysFailure };
