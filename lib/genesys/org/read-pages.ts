import * as z from 'zod';
import type { CallGenesys } from '../connection/call-genesys.ts';
import type { PlatformApis } from '../connection/platform-client.ts';

/** The most that every one of the lists gives at once. */
export const pageSize = 100;

/** More pages than an organization can have of anything that is listed here: a list that repeats itself has to end. */
const mostPages = 200;

interface Pages<Entity> {
  readonly action: string;
  readonly send: (apis: PlatformApis, pageNumber: number) => Promise<unknown>;
  readonly entity: z.ZodType<Entity>;
}

/**
 * Reads a list that comes in numbered pages, to its last one.
 *
 * @throws GenesysError
 */
export async function readPages<Entity>(
  call: CallGenesys,
  { action, send, entity }: Pages<Entity>,
): Promise<readonly Entity[]> {
  const result = z.object({ entities: z.array(entity).default([]), pageCount: z.number().optional() });
  const all: Entity[] = [];
  for (let pageNumber = 1; pageNumber <= mostPages; pageNumber++) {
    const { entities, pageCount } = await call({ action, send: (apis) => send(apis, pageNumber), result });
    all.push(...entities);
    const isLast = pageCount === undefined ? entities.length === 0 : pageNumber >= pageCount;
    if (isLast) break;
  }
  return all;
}
