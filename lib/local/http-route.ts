import { TemplateError } from './template-error.ts';

/** A route key of an HTTP API, taken apart. */
export interface HttpRoute {
  /** As in the template: `POST /webhooks/{route}`. */
  readonly routeKey: string;
  readonly method: string;
  readonly segments: readonly string[];
}

export type PathParameters = Readonly<Record<string, string>>;

/** @throws TemplateError for a kind of route that the local front does not have */
export function parseRouteKey(routeKey: string): HttpRoute {
  const [method = '', path] = routeKey.split(' ');
  if (path === undefined || path.includes('+}')) {
    throw new TemplateError(
      `the local run does not know the route key ${routeKey}: it serves METHOD /path/{parameter}`,
    );
  }
  return { routeKey, method, segments: path.split('/') };
}

/** The path parameters of a request that this route serves, else undefined. `path` is decoded already. */
export function matchRoute(route: HttpRoute, method: string, path: string): PathParameters | undefined {
  const segments = path.split('/');
  if ((route.method !== 'ANY' && route.method !== method) || segments.length !== route.segments.length)
    return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, pattern] of route.segments.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(pattern)?.[1];
    if (name === undefined ? segment !== pattern : segment === '') return undefined;
    if (name !== undefined) parameters[name] = segment;
  }
  return parameters;
}
