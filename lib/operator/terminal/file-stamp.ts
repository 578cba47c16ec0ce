/** A time as part of a file's name: `20261125T031500Z`. */
export function fileStamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '');
}
