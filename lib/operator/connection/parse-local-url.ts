import { OperatorError } from '../operator-error.ts';

/** Where `npm start` listens unless told otherwise. */
export const defaultLocalUrl = 'http://127.0.0.1:3000';

/**
 * The value of `--local`: a URL or a bare port.
 *
 * @throws OperatorError `USAGE` for anything else: `relay dlq show --local ID` makes the id the value of `--local`.
 */
export function parseLocalUrl(value: string): string {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65535) return `http://127.0.0.1:${value}`;
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return value.replace(/\/+$/, '');
  throw new OperatorError(
    'USAGE',
    `--local takes a URL or a port, not "${value}": put that before --local, or write --local=URL`,
  );
}
