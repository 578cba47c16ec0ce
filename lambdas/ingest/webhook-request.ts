/** A request as the core sees it: raw bytes, header names in lower case. */
export interface WebhookRequest {
  readonly route: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
