/** How the functions are bundled, as esbuild has it: what gets into a bundle depends on it. */
export const bundleSettings = {
  target: 'node24',
  mainFields: ['module', 'main'],
  externalModules: [],
  minify: true,
};
