import { readFileSync } from 'node:fs';
import { render } from 'velocityjs';
import * as z from 'zod';

/** What Genesys exports, and imports, of a custom action of the web services integration. */
const exportSchema = z.strictObject({
  name: z.string(),
  integrationType: z.literal('custom-rest-actions'),
  actionType: z.literal('custom'),
  config: z.strictObject({
    request: z.strictObject({
      requestUrlTemplate: z.url({ protocol: /^https$/ }),
      requestType: z.literal('POST'),
      headers: z.record(z.string(), z.string()),
      requestTemplate: z.string(),
    }),
    response: z.strictObject({
      translationMap: z.record(z.string(), z.string()),
      translationMapDefaults: z.record(z.string(), z.string()),
      successTemplate: z.string(),
    }),
  }),
  contract: z.strictObject({
    input: z.strictObject({ inputSchema: z.looseObject({ required: z.array(z.string()) }) }),
    output: z.strictObject({ successSchema: z.looseObject({ required: z.array(z.string()) }) }),
  }),
  secure: z.boolean(),
});

export const dataAction = exportSchema.parse(
  JSON.parse(readFileSync(new URL('../../samples/data-action.json', import.meta.url), 'utf8')),
);

export type DataActionInput = Readonly<Record<string, string>>;

/** The request that Genesys makes of the sample for these inputs, its templates rendered by an engine of Velocity. */
export function renderDataAction(input: DataActionInput, credentials: Readonly<Record<string, string>> = {}) {
  const { headers, requestTemplate } = dataAction.config.request;
  // Of the macros that Genesys adds, the one that is used: the text with its JSON escapes, without quotes.
  const esc = { jsonEncode: (text: string) => JSON.stringify(text).slice(1, -1) };
  const filled = (template: string) => render(template, { input, credentials, esc });
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)])),
    body: filled(requestTemplate),
  };
}
