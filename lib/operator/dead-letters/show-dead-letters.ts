import type { Relay } from '../connection/connect-relay.ts';
import { relayCommand } from '../connection/relay-command.ts';
import type { RelayLocation } from '../connection/relay-location.ts';
import { OperatorError } from '../operator-error.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type FindTools, type FoundDeadLetter, findDeadLettersWithBodies, type Unseen } from './find-dead-letters.ts';
import { type BodyView, readBody } from './read-body.ts';

export interface ShownDeadLetter extends DeadLetter {
  readonly bodyView: BodyView;
}

export type ShowTools = FindTools & { readonly relay: Pick<Relay, 'readPayload'> };

/**
 * The dead letters with this message id or event id, bodies read. An event can have more than one.
 *
 * @throws OperatorError `DEAD_LETTER_NOT_FOUND` when there is none.
 */
export async function showDeadLetters(id: string, tools: ShowTools): Promise<readonly ShownDeadLetter[]> {
  const { deadLetters, ...unseen } = await findDeadLettersWithBodies({ ids: [id] }, tools);
  if (deadLetters.length === 0) throw notFound([id], unseen, tools.relay.location);
  return await Promise.all(deadLetters.map((deadLetter) => withBody(deadLetter, tools)));
}

/** Reads the body, from the payload bucket if it is there. Never rejects. */
export async function withBody(found: FoundDeadLetter, { relay }: ShowTools): Promise<ShownDeadLetter> {
  const own = { bucket: relay.location.payloadBucketName, route: found.route };
  const bodyView = await readBody(found, own, relay.readPayload);
  const { body: _, ...deadLetter } = found;
  return { ...deadLetter, bodyView };
}

/** Says which ids are unknown, and when that is not certain. */
export function notFound(
  ids: readonly string[],
  { incompleteRoutes, heldRoutes }: Unseen,
  location: Pick<RelayLocation, 'flags'>,
): OperatorError {
  const routes = [...incompleteRoutes, ...heldRoutes];
  const unsure = routes.length === 0 ? '' : ` among those looked at (there are more in ${routes.join(', ')})`;
  const quoted = ids.map((id) => `"${id}"`).join(', ');
  return new OperatorError(
    'DEAD_LETTER_NOT_FOUND',
    `no dead letter has the message id or event id ${quoted}${unsure}: see them with \`${relayCommand(location, 'dlq list')}\``,
  );
}
