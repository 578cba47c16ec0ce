import type { Plugin } from 'esbuild';

/**
 * What the SDK imports on demand, and this project never demands: it is for calls whose answer is a stream of events. It
 * is an index, of which import-past-indexes.ts leaves nothing: bundled, it would be an empty file, and whoever did demand
 * it would find `undefined` there, where now an import fails that names it.
 */
const neverLoaded = /^@smithy\/core\/event-streams$/;

export const leaveOutNeverLoaded: Plugin = {
  name: 'leave-out-never-loaded',
  setup(build) {
    build.onResolve({ filter: neverLoaded }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};
