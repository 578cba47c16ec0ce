/** A request as the core sees it: raw bytes, header names in lower case. */
export interface WebhookRequest {
  readonly route: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The address at the other end of the connection, as API Gateway saw it; undefined where that is not known. */
  readonly sourceIp?: string | undefined;
  /** When API Gateway got it, which may be a cold start ago. Epoch ms; undefined where that is not known. */
  readonly arrivedAtMs?: number | undefined;
}

/** A header by its lower-case name. Own ones only: a configured name may be `constructor`. */
export function headerOf(request: WebhookRequest, name: string): string | undefined {
  return Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
}
