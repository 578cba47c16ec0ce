/**
 * The folder of the package that a file belongs to, the innermost where packages are nested.
 *
 * @param path with slashes, as esbuild writes it
 * @returns undefined for a file of no package, such as one of the project itself
 */
export function packageFolder(path: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}
