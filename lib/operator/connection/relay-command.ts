import { printable } from '../terminal/printable.ts';
import { defaultLocalUrl } from './parse-local-url.ts';
import type { RelayAddress, RelayLocation } from './relay-location.ts';

/** The stack that is meant where none is named. */
export const defaultStackName = 'GenesysWebhookRelay';

/** The options by which a command finds this relay again; empty for the default stack, found as the AWS CLI would. */
export function flagsFor(address: RelayAddress): string {
  if (address.kind === 'local') return address.url === defaultLocalUrl ? '--local' : `--local ${quoted(address.url)}`;
  const { stackName, region, profile } = address;
  return [
    ...(stackName === defaultStackName ? [] : ['--stack', quoted(stackName)]),
    ...(region === undefined ? [] : ['--region', quoted(region)]),
    ...(profile === undefined ? [] : ['--profile', quoted(profile)]),
  ].join(' ');
}

/**
 * A command to copy, run against the same relay as the one that prints it.
 *
 * @param command as in `dlq show`
 * @param values what follows it, quoted for a shell: ids come from outside, and none may become a command of its own
 */
export function relayCommand({ flags }: Pick<RelayLocation, 'flags'>, command: string, ...values: string[]): string {
  return ['npx relay', command, ...values.map(quoted), flags].filter((part) => part !== '').join(' ');
}

function quoted(value: string): string {
  const safe = printable(value);
  return /^[\w@%+=:,./-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", "'\\''")}'`;
}
