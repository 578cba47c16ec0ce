import type { BundledPackage } from './find-bundled-packages.ts';

/** Where the list is kept, from the root of the project. */
export const thirdPartyPath = 'THIRD_PARTY.md';

/** The list as a document. */
export function renderThirdParty(packages: readonly BundledPackage[]): string {
  const rows = packages.map(
    ({ name, version, licence, functions }) => `| ${name} | ${version} | ${licence} | ${functions.join(', ')} |`,
  );
  return [
    '# Third-party packages',
    '',
    'What is deployed beside the code of this repository: the packages in the bundles of the functions, as `npm run licences`',
    "finds them. A package's own text of its licence lies in its folder under `node_modules`.",
    '',
    '| package | version | licence | in |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
