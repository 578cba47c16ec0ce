import { randomInt } from 'node:crypto';

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 48 letters and digits, as the stack makes a route's first secret: they suit every kind of verification. */
export function generateSecret(): string {
  return Array.from({ length: 48 }, () => lettersAndDigits[randomInt(lettersAndDigits.length)] ?? '').join('');
}
