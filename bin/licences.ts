import { writeFile } from 'node:fs/promises';
import { findBundledPackages } from '../lib/licences/find-bundled-packages.ts';
import { renderThirdParty, thirdPartyPath } from '../lib/licences/render-third-party.ts';

const packages = await findBundledPackages();
await writeFile(new URL(`../${thirdPartyPath}`, import.meta.url), renderThirdParty(packages));
console.log(`${thirdPartyPath}: ${packages.length} packages`);
