import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A payload-2.0 event, as API Gateway's HTTP API makes it. */
export function apiGatewayEvent(route: string, changes: Partial<APIGatewayProxyEventV2>): APIGatewayProxyEventV2 {
  const path = `/webhooks/${route}`;
  return {
    version: '2.0',
    routeKey: 'POST /webhooks/{route}',
    rawPath: path,
    rawQueryString: '',
    headers: {},
    pathParameters: { route },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: 'r',
      routeKey: 'POST /webhooks/{route}',
      stage: '$default',
      time: '04/Mar/2026:10:15:22 +0000',
      timeEpoch: 1_772_619_322_417,
    },
    isBase64Encoded: false,
    ...changes,
  };
}
