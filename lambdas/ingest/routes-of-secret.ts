import type { IngestRoute } from '../contract/env.ts';

/** Whose secret it is: one route's, unless somebody has given one to several. */
export function routesOfSecret(routes: Readonly<Record<string, IngestRoute>>, secretArn: string): readonly string[] {
  return Object.entries(routes).flatMap(([name, { verify }]) =>
    verify.kind !== 'none' && verify.secretArn === secretArn ? [name] : [],
  );
}
