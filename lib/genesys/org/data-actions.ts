import * as z from 'zod';
import type { CallGenesys } from '../connection/call-genesys.ts';
import { pageSize, readPages } from './read-pages.ts';

const actionSchema = z.object({
  id: z.string(),
  name: z.string().default(''),
  integrationId: z.string().optional(),
  config: z
    .object({
      timeoutSeconds: z.number().optional(),
      request: z
        .object({
          requestUrlTemplate: z.string().optional(),
          requestTemplate: z.string().optional(),
          requestType: z.string().optional(),
          headers: z.record(z.string(), z.string()).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** A data action that calls a web service: an HTTP request that is made by workflows, flows, scripts and others. */
export interface DataAction {
  readonly id: string;
  readonly name: string;
  readonly integrationId: string | undefined;
  /** Can hold Velocity: `https://example.com/${input.path}`. */
  readonly urlTemplate: string;
  readonly method: string;
  readonly bodyTemplate: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Lists the data actions that call an address of their own. Those of Genesys's integrations with itself and with other
 * products have a path only, and cannot reach a relay.
 *
 * @throws GenesysError; without `integrations:action:view` one that says so
 */
export async function listDataActions(call: CallGenesys): Promise<readonly DataAction[]> {
  const actions = await readPages(call, {
    action: 'list the data actions',
    send: ({ integrations }, pageNumber) =>
      integrations.getIntegrationsActions({ pageSize, pageNumber, includeConfig: true }),
    entity: actionSchema,
  });
  return actions.flatMap(({ id, name, integrationId, config }) => {
    const request = config?.request;
    const urlTemplate = request?.requestUrlTemplate?.trim() ?? '';
    if (!/^https?:\/\//i.test(urlTemplate)) return [];
    return [
      {
        id,
        name,
        integrationId,
        urlTemplate,
        method: (request?.requestType ?? '').toUpperCase(),
        bodyTemplate: request?.requestTemplate ?? '',
        headers: request?.headers ?? {},
      },
    ];
  });
}
