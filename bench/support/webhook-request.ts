import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A webhook as API Gateway's HTTP API hands it to the ingest function. */
export function webhookRequest(
  route: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): APIGatewayProxyEventV2 {
  const path = `/webhooks/${route}`;
  return {
    version: '2.0',
    routeKey: 'POST /webhooks/{route}',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    pathParameters: { route },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'Genesys' },
      requestId: 'request',
      routeKey: 'POST /webhooks/{route}',
      stage: '$default',
      time: '04/Mar/2026:10:15:22 +0000',
      timeEpoch: Date.now(),
    },
    body,
    isBase64Encoded: false,
  };
}
