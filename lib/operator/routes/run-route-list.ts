import type { Clock } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { renderRoutes } from './render-routes.ts';
import { routeDocument } from './route-documents.ts';
import { readOverviews } from './route-overview.ts';

export interface RouteOptions {
  readonly json: boolean;
}

export interface RouteTools {
  readonly relay: Pick<Relay, 'location' | 'breakers' | 'queues'>;
  readonly now: Clock;
  readonly signal: AbortSignal;
}

/** `relay route list` */
export async function runRouteList(
  { json }: RouteOptions,
  { relay, now }: Pick<RouteTools, 'relay' | 'now'>,
  terminal: Terminal,
): Promise<ExitCode> {
  const overviews = await readOverviews(relay);
  const nowMs = now();
  terminal.print(
    json
      ? JSON.stringify(overviews.map((overview) => routeDocument(overview, nowMs)))
      : renderRoutes(overviews, nowMs, terminal),
  );
  return 0;
}
