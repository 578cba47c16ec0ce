import { OperatorError } from '../../operator/operator-error.ts';
import { printable } from '../../operator/terminal/printable.ts';
import type { OpenIntegration } from '../org/open-integrations.ts';

/** So many names help to find the right one; more do not fit a line. */
const mostNames = 10;

/**
 * The Open Messaging integration with an id or, whole and in any case, a name.
 *
 * @throws OperatorError `USAGE` when there is none, with those that there are; or several, with their ids
 */
export function findIntegration(wanted: string, integrations: readonly OpenIntegration[]): OpenIntegration {
  const byId = integrations.find(({ id }) => id === wanted);
  if (byId !== undefined) return byId;
  const byName = integrations.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const [first, ...more] = byName;
  if (first !== undefined && more.length === 0) return first;
  if (first !== undefined) {
    const ids = byName.map(({ id }) => id).join(', ');
    throw new OperatorError(
      'USAGE',
      `${byName.length} Open Messaging integrations are named "${wanted}": give an id, ${ids}`,
    );
  }
  if (integrations.length === 0) {
    throw new OperatorError(
      'USAGE',
      'the organization has no Open Messaging integration: add one first, in Admin, Message, Platforms (docs/genesys.md has the steps)',
    );
  }
  const names = integrations.slice(0, mostNames).map(({ id, name }) => `${printable(name)} (${id})`);
  const rest = integrations.length > mostNames ? ` and ${integrations.length - mostNames} more` : '';
  throw new OperatorError(
    'USAGE',
    `there is no Open Messaging integration "${wanted}": there is ${names.join(', ')}${rest}`,
  );
}
