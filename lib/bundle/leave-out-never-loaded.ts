import type { Plugin } from 'esbuild';

/**
 * What the SDK imports on demand, and this project never demands: the one in browsers alone, the other for calls whose
 * answer is a stream of events. Bundled, they would be files nobody reads, and tear apart what others share with them.
 */
const neverLoaded = /^(?:bowser|@smithy\/core\/event-streams)$/;

export const leaveOutNeverLoaded: Plugin = {
  name: 'leave-out-never-loaded',
  setup(build) {
    build.onResolve({ filter: neverLoaded }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};
