import { request as httpRequest } from 'node:http';

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/**
 * Posts as Genesys does.
 *
 * @param endpoint of an AWS whose API endpoints have no host of their own: it is told which one by the Host header
 */
export async function postWebhook(
  ingestUrl: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>>,
  endpoint: string | undefined,
): Promise<WebhookAnswer> {
  const sent = { 'content-type': 'application/json', ...headers };
  if (endpoint === undefined || URL.canParse(ingestUrl)) {
    const response = await fetch(ingestUrl, { method: 'POST', headers: sent, body: Buffer.from(body) });
    return { status: response.status, headers: Object.fromEntries(response.headers), text: await response.text() };
  }
  const [, host = '', path = ''] = /^https?:\/\/([^/]+)(\/.*)$/.exec(ingestUrl) ?? [];
  return new Promise((resolve, reject) => {
    const call = httpRequest(new URL(path, endpoint), { method: 'POST', headers: { ...sent, host } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers: answered } = response;
        resolve({ status: statusCode, headers: answered, text: Buffer.concat(chunks).toString() });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
