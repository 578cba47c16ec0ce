import type { Command } from 'commander';
import { runRouteList } from '../../lib/operator/routes/run-route-list.ts';
import { runRoutePause } from '../../lib/operator/routes/run-route-pause.ts';
import { runRouteResume } from '../../lib/operator/routes/run-route-resume.ts';
import { exitCodes } from './exit-codes.ts';
import type { AddressOptions, Session } from './session.ts';

interface RouteOptions extends AddressOptions {
  readonly json?: true;
}

/** `relay route …`: the state of each route, and the operator's switch for it. */
export function addRouteCommands(program: Command, { terminal, withRelay }: Session): void {
  const route = program
    .command('route')
    .description('routes: whether their events flow, and a switch for it')
    .addHelpText(
      'after',
      `
A route is paused by its breaker when its destination fails, refuses the credentials, asks for a
long wait or says that it is gone; or by you. Events of a paused route are accepted as before, and
wait on its queue.

Examples:
  relay route list                       whether events flow, and why not
  relay route pause open-messaging       keep its destination in peace
  relay route resume open-messaging      let them go again, two at a time
${exitCodes}`,
    );

  route
    .command('list')
    .description('list the routes: flowing or paused, why, what happens next, and how many events wait')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      `
WAITING events could be delivered now; those IN FLIGHT are being delivered, or hidden until their
next attempt. Both are approximate. Times are UTC.

Examples:
  relay route list --local
  relay route list --stack Relay-Prod --json | jq -r '.[] | select(.state == "open") | .route'`,
    )
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<RouteOptions>();
      await withRelay(options, (tools) => runRouteList({ json: options.json === true }, tools, terminal));
    });

  route
    .command('pause <ROUTE>')
    .description('post nothing more to the destination of a route until it is resumed')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Does not ask: nothing is lost by a pause, and \`relay route resume\` ends it. A route that is
paused already does not reopen by itself any more.

Examples:
  relay route pause open-messaging --local
  relay route pause open-messaging --stack Relay-Prod`,
    )
    .action(async (name: string, _options, command: Command) => {
      const options = command.optsWithGlobals<RouteOptions>();
      await withRelay(options, (tools) => runRoutePause(name, { json: options.json === true }, tools, terminal));
    });

  route
    .command('resume <ROUTE>')
    .description('let the events of a paused route go, a few at first')
    .option('--json', 'print a JSON object')
    .addHelpText(
      'after',
      `
Whatever paused the route, and however long its destination asked to wait. If the first events
fail, it is paused again.

Examples:
  relay route resume open-messaging --local
  relay route resume open-messaging --stack Relay-Prod`,
    )
    .action(async (name: string, _options, command: Command) => {
      const options = command.optsWithGlobals<RouteOptions>();
      await withRelay(options, (tools) => runRouteResume(name, { json: options.json === true }, tools, terminal));
    });
}
