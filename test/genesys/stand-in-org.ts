import type { Models } from 'purecloud-platform-client-v2';
import * as z from 'zod';
import { parseJson } from '../../lambdas/contract/parse-json.ts';
import type { GenesysGateway } from '../../lib/genesys/connection/gateway.ts';
import { type RecordedRequest, recordingServer } from '../support/recording-server.ts';

/** What an organization holds. Fields and their names are those of the SDK's models: the compiler sees to it. */
export interface OrgContents {
  readonly openIntegrations: Models.OpenIntegration[];
  readonly triggers: Models.Trigger[];
  readonly actions: Models.Action[];
  readonly integrations: Models.Integration[];
  /** By the id of the integration. */
  readonly configurations: Readonly<Record<string, Models.IntegrationConfiguration>>;
  /** By the id of the data action: the flows that call it. */
  readonly consumers: Readonly<Record<string, Models.Dependency[]>>;
  readonly ipRanges: Models.IpAddressRange[];
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

/** A server that answers as Genesys does: logins, tokens that can be refused, pages and cursors. */
export interface StandInOrg {
  readonly contents: { -readonly [Key in keyof OrgContents]: OrgContents[Key] };
  /** What to give to the SDK, so that it comes here. */
  readonly gateway: GenesysGateway;
  /** The same for a child process. */
  readonly env: Record<string, string>;
  readonly requests: readonly RecordedRequest[];
  /** The requests to one path, with their query. */
  sentTo(path: string): readonly string[];
  /** Answers the next requests to a path otherwise, one after another; an answer without end stays. */
  answer(path: string, ...answers: readonly (Answer | 'as usual')[]): void;
  answerAlways(path: string, answer: Answer): void;
  /** No token that was issued so far is taken any more. */
  expireTokens(): void;
  stop(): Promise<void>;
}

/** Of the SDK's source. A test looks each up there. */
export const paths = {
  login: '/oauth/token',
  openIntegrations: '/api/v2/conversations/messaging/integrations/open',
  triggers: '/api/v2/processautomation/triggers',
  actions: '/api/v2/integrations/actions',
  integrations: '/api/v2/integrations',
  consumers: '/api/v2/architect/dependencytracking/consumingresources',
  ipRanges: '/api/v2/ipranges',
} as const;

export const client = { clientId: '2b1c-client', clientSecret: 'the-secret-of-the-oauth-client' };

const basic = `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`;

export const rateLimited = (retryAfterSeconds: number): Answer => ({
  status: 429,
  headers: { 'retry-after': String(retryAfterSeconds) },
  body: {
    message: `Rate limit exceeded the maximum. Retry the request in [${retryAfterSeconds}] seconds`,
    code: 'too.many.requests.retry.after',
    status: 429,
    contextId: 'a-context',
    details: [],
    errors: [],
  } satisfies Models.ErrorBody,
});

export const forbidden = (permission: string): Answer => ({
  status: 403,
  body: {
    message: `Unable to perform the requested action. You must have at least one of the following permissions assigned: [${permission}]`,
    code: 'missing.any.permissions',
    status: 403,
    messageParams: { permissions: `[${permission}]` },
    contextId: 'a-context',
    details: [],
    errors: [],
  } satisfies Models.ErrorBody,
});

export const loginRateLimited: Answer = {
  status: 400,
  body: { error: 'invalid_request', description: 'rate limit exceeded', error_description: 'rate limit exceeded' },
};

export async function startStandInOrg(contents: Partial<OrgContents> = {}): Promise<StandInOrg> {
  const org: OrgContents = {
    openIntegrations: [],
    triggers: [],
    actions: [],
    integrations: [],
    configurations: {},
    consumers: {},
    ipRanges: [],
    ...contents,
  };
  const valid = new Set<string>();
  let issued = 0;
  const planned = new Map<string, (Answer | 'as usual')[]>();
  const always = new Map<string, Answer>();

  function usual(request: RecordedRequest, url: URL): Answer {
    if (url.pathname === paths.login) return logIn(request);
    if (!valid.has(String(request.headers.authorization).replace(/^Bearer /, ''))) return badToken;
    return api(org, request, url);
  }

  function logIn({ headers, body }: RecordedRequest): Answer {
    if (headers.authorization !== basic) {
      return { status: 401, body: { error: 'invalid_client', description: 'authentication failed' } };
    }
    if (Buffer.from(body).toString() !== 'grant_type=client_credentials') {
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    }
    const token = `token-${++issued}-that-nobody-may-see`;
    valid.add(token);
    return { status: 200, body: { access_token: token, token_type: 'bearer', expires_in: 86_399 } };
  }

  const server = await recordingServer((response, _number, request) => {
    const url = new URL(request.path, 'http://genesys');
    const next = always.get(url.pathname) ?? planned.get(url.pathname)?.shift() ?? 'as usual';
    const { status, body, headers } = next === 'as usual' ? usual(request, url) : next;
    response.writeHead(status, {
      'content-type': 'application/json',
      'inin-correlation-id': 'a-correlation',
      ...headers,
    });
    response.end(JSON.stringify(body));
  });

  const { hostname, port } = new URL(server.url);
  return {
    contents: org,
    gateway: { protocol: 'http', host: hostname, port: Number(port) },
    env: {
      GENESYSCLOUD_REGION: 'mypurecloud.de',
      GENESYSCLOUD_OAUTHCLIENT_ID: client.clientId,
      GENESYSCLOUD_OAUTHCLIENT_SECRET: client.clientSecret,
      GENESYSCLOUD_GATEWAY_PROTOCOL: 'http',
      GENESYSCLOUD_GATEWAY_HOST: hostname,
      GENESYSCLOUD_GATEWAY_PORT: port,
    },
    requests: server.requests,
    sentTo: (path) =>
      server.requests
        .map((request) => request.path)
        .filter((sent) => sent === path || sent.startsWith(`${path}?`) || sent.startsWith(`${path}/`)),
    answer: (path, ...answers) => planned.set(path, [...answers]),
    answerAlways: (path, answer) => always.set(path, answer),
    expireTokens: () => valid.clear(),
    stop: () => server.close(),
  };
}

const badToken: Answer = {
  status: 401,
  body: { message: 'Invalid login credentials.', code: 'bad.credentials', status: 401 } satisfies Models.ErrorBody,
};

const notFound: Answer = {
  status: 404,
  body: { message: 'The requested resource was not found.', code: 'not.found', status: 404 } satisfies Models.ErrorBody,
};

const updateSchema = z.object({ name: z.string() }).loose();

function api(org: OrgContents, { method, body }: RecordedRequest, url: URL): Answer {
  const { pathname, searchParams } = url;
  const one = pathname.match(/^\/api\/v2\/conversations\/messaging\/integrations\/open\/([^/]+)$/)?.[1];
  if (one !== undefined) {
    const at = org.openIntegrations.findIndex(({ id }) => id === decodeURIComponent(one));
    const found = org.openIntegrations[at];
    if (found === undefined) return notFound;
    if (method === 'PATCH') {
      const update = updateSchema.parse(parseJson(Buffer.from(body).toString()));
      org.openIntegrations[at] = { ...found, ...update };
    }
    return { status: 200, body: withoutSecret(org.openIntegrations[at] ?? found) };
  }
  const configured = pathname.match(/^\/api\/v2\/integrations\/([^/]+)\/config\/current$/)?.[1];
  if (configured !== undefined) {
    const configuration = org.configurations[configured];
    return configuration === undefined ? notFound : { status: 200, body: configuration };
  }
  const single = pathname.match(/^\/api\/v2\/integrations\/([^/]+)$/)?.[1];
  if (single !== undefined && pathname !== paths.actions) {
    const found = org.integrations.find(({ id }) => id === decodeURIComponent(single));
    return found === undefined ? notFound : { status: 200, body: found };
  }
  switch (pathname) {
    case paths.openIntegrations:
      return { status: 200, body: page(org.openIntegrations.map(withoutSecret), url) };
    case paths.triggers:
      return { status: 200, body: cursorPage(org.triggers, url) };
    case paths.actions:
      return { status: 200, body: page(searchParams.get('includeConfig') === 'true' ? org.actions : [], url) };
    case paths.integrations:
      return {
        status: 200,
        body: page(
          org.integrations.filter(({ integrationType }) => integrationType?.id === searchParams.get('integrationType')),
          url,
        ),
      };
    case paths.consumers:
      return { status: 200, body: page(org.consumers[searchParams.get('id') ?? ''] ?? [], url) };
    case paths.ipRanges:
      return { status: 200, body: { entities: org.ipRanges } satisfies Models.IpAddressRangeListing };
    default:
      return notFound;
  }
}

/** Genesys takes the token, and does not give it back. */
function withoutSecret({ outboundNotificationWebhookSignatureSecretToken: _, ...integration }: Models.OpenIntegration) {
  return integration;
}

function page<Entity>(entities: readonly Entity[], { searchParams }: URL) {
  const pageSize = Number(searchParams.get('pageSize') ?? 25);
  const pageNumber = Number(searchParams.get('pageNumber') ?? 1);
  return {
    entities: entities.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    pageSize,
    pageNumber,
    total: entities.length,
    pageCount: Math.ceil(entities.length / pageSize),
  };
}

/** Cursors are not to be understood: this one is turned round. */
function cursorPage<Entity>(entities: readonly Entity[], { pathname, searchParams }: URL) {
  const pageSize = Number(searchParams.get('pageSize') ?? 25);
  const after = searchParams.get('after');
  const start = after === null ? 0 : Number(Buffer.from(after, 'base64').toString().split(':')[1]);
  const next = start + pageSize;
  const cursor = encodeURIComponent(Buffer.from(`from:${next}`).toString('base64'));
  return {
    entities: entities.slice(start, next),
    ...(next < entities.length ? { nextUri: `${pathname}?pageSize=${pageSize}&after=${cursor}` } : {}),
  };
}
