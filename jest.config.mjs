/** The suites are ESM (middy 7 has no CommonJS build), so jest runs under `--experimental-vm-modules`: see `npm test`. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/deployed/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out'],
  clearMocks: true,
  randomize: true,
  // Some kill processes by the dozen: on a machine that does other things, too, that takes its time.
  testTimeout: 60_000,
  // Jest would leave one core to the editor; most of the longer suites wait rather than compute.
  maxWorkers: '100%',
};
