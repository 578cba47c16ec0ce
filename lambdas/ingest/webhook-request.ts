/** A request as the core sees it: raw bytes, header names in lower case. */
export interface WebhookRequest {
  readonly route: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A header by its lower-case name. Own ones only: a configured name may be `constructor`. */
export function headerOf(request: WebhookRequest, name: string): string | undefined {
  return Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
}
