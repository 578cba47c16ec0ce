import { OperatorError } from '../operator-error.ts';
import type { RouteLocation } from './relay-location.ts';

/**
 * The route of that name.
 *
 * @throws OperatorError `USAGE` when the relay has no such route.
 */
export function requireRoute(routes: ReadonlyMap<string, RouteLocation>, name: string): RouteLocation {
  const route = routes.get(name);
  if (route !== undefined) return route;
  throw new OperatorError('USAGE', `there is no route "${name}": this relay has ${[...routes.keys()].join(', ')}`);
}

/**
 * The routes that a command is about: the named one, or all.
 *
 * @throws OperatorError `USAGE` when the relay has no such route.
 */
export function selectRoutes(
  routes: ReadonlyMap<string, RouteLocation>,
  only: string | undefined,
): readonly (readonly [string, RouteLocation])[] {
  return only === undefined ? [...routes] : [[only, requireRoute(routes, only)]];
}
