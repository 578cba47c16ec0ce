import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PluginBuild, ResolveResult } from 'esbuild';

/** What an index file is made of: `export { a, b as c } from "./file"`, or an import and `export { a, b }`. */
const exportFrom = /^export \{([^}]*)\} from "([^"]+)";$/gm;
const importFrom = /^import \{([^}]*)\} from "([^"]+)";$/gm;
const anyFrom = /^(import|export) \{([^}]*)\} from "([^"]+)";$/gm;
const exportOfImported = /^export \{([^}]*)\};$/gm;

/** Where a thing really comes from: the path of a file, and what it is called there. */
interface Origin {
  readonly file: string;
  readonly name: string;
}

/**
 * Keeps what is read on demand out of what every cold start reads.
 *
 * With splitting, esbuild shares whole files between the two, and takes a file for needed by each that imports an index
 * naming it. So one import from the SDK's index of protocols, by SQS, would bring along the XML that only S3 speaks.
 * Here the SDK's own imports name the file in which a thing is, instead of the index.
 *
 * @returns what changes the source of one file of the SDK: it has to get all of them
 */
export function importPastIndexes(build: PluginBuild): (source: string, path: string) => Promise<string> {
  const originOf = originFinder(build);
  return async (source, path) => {
    // Nobody asks these any more for what they only pass on: without that, they lead nowhere else.
    let contents = coreIndex.test(path) ? source.replaceAll(exportFrom, '') : source;
    for (const [line, verb = '', names = '', specifier = ''] of contents.matchAll(anyFrom)) {
      const passed = splitNames(names).map(async ({ name, as }) => {
        const origin = await originOf(name, specifier, dirname(path));
        return `${verb} { ${origin.name} as ${as} } from ${JSON.stringify(origin.file)};`;
      });
      const lines = (await Promise.all(passed)).join('\n');
      // By a function: in a text, `$` followed by some characters would mean a part of what is replaced.
      contents = contents.replace(line, () => lines);
    }
    return contents;
  };
}

/**
 * Of the packages that only the SDK itself imports from. What was missed fails the build (bundle-options.ts), but for what
 * is imported on demand: see leave-out-never-loaded.ts.
 */
const coreIndex = /[\\/]core[\\/]dist-es[\\/]submodules[\\/][^\\/]+[\\/]index\.js$/;

function originFinder(build: PluginBuild) {
  const indexes = new Map<string, Promise<ReadonlyMap<string, Origin>>>();
  const asked = new Map<string, Promise<ResolveResult>>();

  /** By esbuild, which is another process: what it was asked for each of a thousand names is more than the bundling. */
  function ask(specifier: string, resolveDir: string): Promise<ResolveResult> {
    const key = `${specifier} from ${resolveDir}`;
    const answer = asked.get(key) ?? build.resolve(specifier, { kind: 'import-statement', resolveDir });
    asked.set(key, answer);
    return answer;
  }

  async function resolve(specifier: string, resolveDir: string): Promise<Pick<ResolveResult, 'path' | 'external'>> {
    const neighbour = specifier.startsWith('.') ? join(resolveDir, `${specifier}.js`) : undefined;
    return neighbour !== undefined && existsSync(neighbour)
      ? { path: neighbour, external: false }
      : ask(specifier, resolveDir);
  }

  /** Past as many indexes as there are. What an index makes itself stays with it. */
  async function originOf(name: string, specifier: string, resolveDir: string): Promise<Origin> {
    const { path, external } = await resolve(specifier, resolveDir);
    if (external || !path.endsWith('index.js')) return { file: external ? specifier : path, name };
    const index = indexes.get(path) ?? readIndex(path);
    indexes.set(path, index);
    const next = (await index).get(name);
    return next === undefined ? { file: path, name } : originOf(next.name, next.file, dirname(path));
  }

  return originOf;
}

async function readIndex(path: string): Promise<ReadonlyMap<string, Origin>> {
  const source = await readFile(path, 'utf8');
  const index = new Map<string, Origin>();
  const imported = new Map<string, Origin>();
  for (const [, names = '', file = ''] of source.matchAll(importFrom)) {
    for (const { name, as } of splitNames(names)) imported.set(as, { file, name });
  }
  for (const [, names = ''] of source.matchAll(exportOfImported)) {
    for (const { name, as } of splitNames(names)) {
      const origin = imported.get(name);
      if (origin !== undefined) index.set(as, origin);
    }
  }
  for (const [, names = '', file = ''] of source.matchAll(exportFrom)) {
    for (const { name, as } of splitNames(names)) index.set(as, { file, name });
  }
  return index;
}

/** Of a list such as `a, b as c`. */
function splitNames(list: string): readonly { readonly name: string; readonly as: string }[] {
  return list.split(',').flatMap((item) => {
    const [name = '', as = name] = item.trim().split(' as ');
    return name === '' ? [] : [{ name, as }];
  });
}
