import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as z from 'zod';
import { bundleOptions, projectRoot } from '../bundle/bundle-options.ts';
import { type FunctionStep, functionSteps } from '../bundle/function-steps.ts';
import { packageFolder } from './package-folder.ts';

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** A package that is deployed, because it is in the bundle of a function. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  readonly functions: readonly FunctionStep[];
}

/**
 * The packages whose code is in the functions' bundles, by name and version. What a bundle does not keep any of is left
 * out.
 */
export async function findBundledPackages(): Promise<readonly BundledPackage[]> {
  const stepsByFolder = new Map<string, FunctionStep[]>();
  for (const step of functionSteps) {
    for (const folder of await foldersIn(step)) {
      stepsByFolder.set(folder, [...(stepsByFolder.get(folder) ?? []), step]);
    }
  }
  const described = await Promise.all([...stepsByFolder].map(([folder, functions]) => describe(folder, functions)));
  return inOrder(withoutCopies(described));
}

async function foldersIn(step: FunctionStep): Promise<ReadonlySet<string>> {
  const { metafile } = await build({ ...bundleOptions(step, step), write: false });
  const kept = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return new Set(kept.map(([path]) => packageFolder(path)).filter((folder) => folder !== undefined));
}

async function describe(folder: string, functions: readonly FunctionStep[]): Promise<BundledPackage> {
  const text = await readFile(join(projectRoot, folder, 'package.json'), 'utf8');
  const manifest = manifestSchema.safeParse(JSON.parse(text));
  if (!manifest.success) throw new Error(`${folder}/package.json: ${z.prettifyError(manifest.error)}`);
  const { name, version, license } = manifest.data;
  return { name, version, licence: license, functions };
}

/** The same version can be installed in several folders. */
function withoutCopies(packages: readonly BundledPackage[]): readonly BundledPackage[] {
  const merged = new Map<string, BundledPackage>();
  for (const one of packages) {
    const key = `${one.name}@${one.version}`;
    const functions = [...(merged.get(key)?.functions ?? []), ...one.functions];
    merged.set(key, { ...one, functions: functionSteps.filter((step) => functions.includes(step)) });
  }
  return [...merged.values()];
}

function inOrder(packages: readonly BundledPackage[]): readonly BundledPackage[] {
  const key = ({ name, version }: BundledPackage) => `${name}@${version}`;
  return packages.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}
