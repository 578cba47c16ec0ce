import { type Command, InvalidArgumentError, Option } from 'commander';
import { groupings } from '../../lib/operator/dead-letters/group-dead-letters.ts';
import { knownCauses } from '../../lib/operator/dead-letters/parse-selection.ts';

/** The options that narrow a choice of dead letters, on every command that has one. */
export function withSelectionOptions(command: Command): Command {
  return command
    .option('--route <ROUTE>', 'only those of this route')
    .addOption(repeatable('--cause <CAUSE>', 'only those of this cause'))
    .addOption(repeatable('--status <STATUS>', 'only those with this last status: 422, 4xx, or none'))
    .addOption(repeatable('--event <ID>', 'only those of this event id'))
    .option('--since <TIME>', 'received at this time or later: 2h, 3d, 2026-05-04T03:15Z')
    .option('--until <TIME>', 'received at this time or earlier');
}

/** The last lines about them in a help text. */
export const selectionHelp = `
--cause, --status and --event can be repeated, or given a list with commas: one match is enough.
Different options together narrow the choice.
Causes: ${knownCauses.slice(0, 4).join(', ')},
${knownCauses.slice(4).join(', ')}.`;

/** `--a x --a y` and `--a x,y` are the same. */
function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    ...value.split(','),
  ]);
}

export function groupingsOption(): Option {
  return new Option('--group-by <WHAT>', `count them by one or more of ${groupings.join(', ')}`).argParser((value) => {
    const wanted = value.split(',');
    const by = groupings.filter((grouping) => wanted.includes(grouping));
    const unknown = wanted.filter((name) => !groupings.some((grouping) => grouping === name));
    if (unknown.length === 0) return by;
    throw new InvalidArgumentError(`"${unknown.join(',')}" is none of ${groupings.join(', ')}.`);
  });
}

/** Both ends are possible. */
export function numberBetween(least: number, most: number) {
  return (value: string): number => {
    const number = Number(value);
    if (value.trim() !== '' && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It takes a number from ${least} to ${most}.`);
  };
}

export function wholeBetween(least: number, most: number) {
  const parse = numberBetween(least, most);
  return (value: string): number => {
    if (/^\d+$/.test(value)) return parse(value);
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`);
  };
}

export function percentOrNever(value: string): number | 'never' {
  return value === 'never' ? value : numberBetween(1, 100)(value.replace(/%$/, ''));
}
