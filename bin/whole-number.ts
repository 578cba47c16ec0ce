import { InvalidArgumentError } from 'commander';
import { readWhole } from '../lib/simulation/read-number.ts';

/** Parses the value of an option that is a whole number, both ends possible. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  const allowed = `It must be a whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}.`;
  return (text) => readWhole(text, least, most) ?? refuse(allowed);
}

/** Ends the command with what commander says about the option, and then `why`. */
export function refuse(why: string): never {
  throw new InvalidArgumentError(why);
}
