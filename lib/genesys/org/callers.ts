import * as z from 'zod';
import type { CallGenesys } from '../connection/call-genesys.ts';
import { readPages } from './read-pages.ts';

const callerSchema = z.object({ id: z.string(), name: z.string().default(''), deleted: z.boolean().optional() });

/** A workflow that calls a data action. */
export type Caller = z.output<typeof callerSchema>;

/**
 * The workflows whose published version calls a data action, as Architect's dependency tracking knows them: it looks
 * from the action to its callers, since the other way round needs the version of each flow.
 *
 * @throws GenesysError; without `architect:dependencyTracking:view` one that says so
 */
export async function listCallers(call: CallGenesys, actionId: string): Promise<readonly Caller[]> {
  const callers = await readPages(call, {
    action: `ask which workflows call data action ${actionId}`,
    send: ({ architect }, pageNumber) =>
      architect.getArchitectDependencytrackingConsumingresources(actionId, 'DATAACTION', {
        resourceType: ['WORKFLOW'],
        flowFilter: 'published',
        pageNumber,
      }),
    entity: callerSchema,
  });
  return callers.filter(({ deleted }) => deleted !== true);
}
