import * as z from 'zod';

/** An object that refuses unknown keys with the list of the known ones: a misspelt option must not be ignored. */
export function options<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `unknown key; allowed: ${keys}` : `must be an object with: ${keys}`,
  });
}

/** @param why the range is that, where it does not go without saying */
export function wholeNumber(least: number, most: number, why?: string) {
  const error = `must be a whole number from ${least} to ${most}${why === undefined ? '' : `: ${why}`}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, { error: 'must be an HTTP header name' });
