import { pathToFileURL } from 'node:url';

/** A bundled handler, called as Lambda's runtime calls it. */
export type Handler = (event: unknown) => Promise<unknown>;

/** @throws Error when the module exports no `handler` */
export async function importFunction(modulePath: string): Promise<Handler> {
  const module: unknown = await import(pathToFileURL(modulePath).href);
  const handler: unknown = Object(module).handler;
  if (typeof handler !== 'function') throw new Error(`${modulePath} exports no handler`);
  return (event) =>
    handler(event, {
      awsRequestId: '00000000-0000-0000-0000-000000000000',
      functionName: 'bench',
      getRemainingTimeInMillis: () => 30_000,
    });
}
