import { OperatorError } from '../operator-error.ts';
import type { RouteLocation } from './relay-location.ts';

/**
 * The routes that a command is about: the named one, or all.
 *
 * @throws OperatorError `USAGE` when the relay has no such route.
 */
export function selectRoutes(
  routes: ReadonlyMap<string, RouteLocation>,
  only: string | undefined,
): readonly (readonly [string, RouteLocation])[] {
  if (only === undefined) return [...routes];
  const queues = routes.get(only);
  if (queues === undefined) {
    throw new OperatorError('USAGE', `there is no route "${only}": this relay has ${[...routes.keys()].join(', ')}`);
  }
  return [[only, queues]];
}
