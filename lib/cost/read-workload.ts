/** `2kb`, `1.5 MB`, `2048`: bytes, in steps of 1,024; undefined for anything else. */
export function readBytes(text: string): number | undefined {
  const [, amount = '', unit = 'b'] = /^(\d+(?:\.\d+)?)\s*(b|kb|kib|mb|mib)?$/i.exec(text.trim()) ?? [];
  if (amount === '') return undefined;
  const per = { b: 1, k: 1_024, m: 1_048_576 }[unit[0]?.toLowerCase() ?? 'b'] ?? 1;
  return Math.round(Number(amount) * per);
}

/** `1%` or `0.01`, as a share from 0 to 1; undefined for anything else. */
export function readPercentage(text: string): number | undefined {
  const [, amount = '', sign] = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text.trim()) ?? [];
  const share = amount === '' ? Number.NaN : Number(amount) / (sign === '%' ? 100 : 1);
  return share <= 1 ? share : undefined;
}
