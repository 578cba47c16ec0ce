import base from '../../jest.config.mjs';

/** Suites against a stack that `npm run test:deployed` has deployed. They wait for minutes, and hardly compute. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/deployed/*.test.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
  maxWorkers: 6,
};
