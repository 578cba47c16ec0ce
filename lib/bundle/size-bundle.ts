import type { Metafile } from 'esbuild';

export interface BundleSize {
  /** Of `index.mjs` and what it imports: what every cold start reads. */
  readonly coldBytes: number;
  readonly coldFiles: number;
  /** With what is read on demand. */
  readonly allBytes: number;
  /** The source files that a cold start reads any of. */
  readonly coldInputs: readonly string[];
}

/** @throws Error for a build without an `index.mjs` */
export function sizeBundle({ outputs }: Metafile): BundleSize {
  const index = Object.keys(outputs).find((path) => /(?:^|\/)index\.mjs$/.test(path));
  if (index === undefined) throw new Error('the build has no index.mjs');
  const cold = new Set<string>();
  const visit = (path: string) => {
    if (cold.has(path)) return;
    cold.add(path);
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) visit(imported);
    }
  };
  visit(index);
  const outputsOf = (paths: Iterable<string>) => [...paths].flatMap((path) => outputs[path] ?? []);
  const bytesOf = (paths: Iterable<string>) => outputsOf(paths).reduce((sum, { bytes }) => sum + bytes, 0);
  const inputs = outputsOf(cold).flatMap((output) => Object.entries(output.inputs));
  return {
    coldBytes: bytesOf(cold),
    coldFiles: cold.size,
    allBytes: bytesOf(Object.keys(outputs)),
    coldInputs: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path),
  };
}
