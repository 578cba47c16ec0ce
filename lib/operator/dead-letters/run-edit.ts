import type { NewId } from '../../../lambdas/contract/ports.ts';
import type { Relay } from '../connection/connect-relay.ts';
import type { ReceivedMessage } from '../connection/message-queues.ts';
import { relayCommand } from '../connection/relay-command.ts';
import { requireRoute } from '../connection/select-routes.ts';
import { naming, OperatorError, reasonOf } from '../operator-error.ts';
import { demandConfirm } from '../terminal/demand-confirm.ts';
import type { EditedText, EditText } from '../terminal/edit-text.ts';
import { indentJson } from '../terminal/indent-json.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { type EditedMessage, editMessage } from './edited-message.ts';
import { peekQueue } from './peek-queue.ts';
import { type ShownDeadLetter, type ShowTools, showDeadLetters } from './show-dead-letters.ts';

export interface EditOptions {
  readonly yes: boolean;
  readonly json: boolean;
}

export interface EditTools extends ShowTools {
  readonly relay: ShowTools['relay'] & Pick<Relay, 'storePayload'>;
  readonly editText: EditText;
  readonly newId: NewId;
}

/**
 * `relay dlq edit ID`: one dead letter gets another body. It stays in the dead letter queue, to be redriven.
 *
 * @throws OperatorError `USAGE` for a body that is no text, an id that more than one dead letter has, or a yes that is
 *   needed and cannot be asked for; `DEAD_LETTER_NOT_FOUND`; `CHANGED_MEANWHILE` when it is gone after the edit.
 */
export async function runEdit(
  id: string,
  options: EditOptions,
  tools: EditTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const { yes, json } = options;
  const confirm = demandConfirm({ isSettled: yes, json, wayOut: 'add --yes to replace the body' }, terminal);
  const deadLetter = onlyOne(id, await showDeadLetters(id, tools));
  const { messageId, bodyView } = deadLetter;
  if (bodyView.kind !== 'text') {
    throw new OperatorError(
      'USAGE',
      `the body of ${messageId} cannot be edited (${bodyView.kind}): see it with \`${relayCommand(tools.relay.location, 'dlq show', messageId)}\``,
    );
  }
  const indented = indentJson(bodyView.text);
  const presented = indented ?? bodyView.text;
  const edited = await tools.editText(`${presented}\n`, indented === undefined ? 'txt' : 'json');
  // Editors end a file with a newline of their own.
  const newText = edited.text.replace(/\r?\n$/, '');
  if (newText === presented || newText === bodyView.text) {
    await edited.discard();
    terminal.note('nothing was changed');
    return 1;
  }
  if (indented !== undefined && indentJson(newText) === undefined) terminal.note('the new body is no longer JSON');
  if (deadLetter.attributes.Signature !== undefined) {
    terminal.note("the sender's signature goes: it does not fit the new body. The destination is told of the edit");
  }
  const bytes = Buffer.byteLength(newText);
  if (!(await confirm(`replace the body of ${messageId} (${bodyView.bytes} bytes by ${bytes})?`))) {
    terminal.note(`nothing was changed; your text is at ${edited.path}`);
    return 1;
  }
  const replaced = await replaceOrKeep(deadLetter, newText, edited, tools);
  await edited.discard();
  const { route, eventId } = deadLetter;
  terminal.print(
    json
      ? JSON.stringify({ ...replaced, replacedMessageId: messageId, route, eventId: eventId ?? null, bytes })
      : [
          terminal.paint('green', `edited: the dead letter is now ${replaced.messageId}`),
          `  To deliver it: ${relayCommand(tools.relay.location, 'dlq redrive', replaced.messageId)}`,
        ].join('\n'),
  );
  if (!replaced.oldIsGone) {
    const purge = relayCommand(tools.relay.location, 'dlq purge', messageId);
    terminal.note(`the old one could not be deleted: \`${purge}\`, before either is redriven`);
  }
  return replaced.oldIsGone ? 0 : 1;
}

interface Replaced {
  readonly messageId: string;
  readonly editedAtMs: number;
  readonly oldIsGone: boolean;
}

/** Nobody shall have to type it again because SQS was not to be had. */
async function replaceOrKeep(
  deadLetter: ShownDeadLetter,
  newText: string,
  { path }: EditedText,
  tools: EditTools,
): Promise<Replaced> {
  try {
    return await replaceBody(deadLetter, newText, tools);
  } catch (error) {
    const code = error instanceof OperatorError ? error.code : 'SERVICE_FAILED';
    throw new OperatorError(code, `${reasonOf(error)}; your text is at ${path}, for --body ${path}`, error);
  }
}

/** Stored, sent, and only then deleted: a crash leaves both messages, never none. */
async function replaceBody(deadLetter: ShownDeadLetter, newText: string, tools: EditTools): Promise<Replaced> {
  const { relay, now, newId, signal } = tools;
  const { route, messageId } = deadLetter;
  const { deadLetterQueueUrl } = requireRoute(relay.location.routes, route);
  const editedAtMs = now();
  const bucket = relay.location.payloadBucketName;
  const edited = editMessage(deadLetter, newText, { editedAtMs, id: newId(), bucket });
  await storePayload(edited, deadLetter, tools);
  const { visible } = await relay.queues.depthOf(deadLetterQueueUrl);
  let replaced: Replaced | undefined;
  const replace = async ({ receiptHandle, traceHeader }: ReceivedMessage): Promise<void> => {
    const newMessageId = await relay.queues.send(deadLetterQueueUrl, { ...edited.message, traceHeader });
    replaced = { messageId: newMessageId, editedAtMs, oldIsGone: false };
    await relay.queues.delete(deadLetterQueueUrl, receiptHandle);
    replaced = { messageId: newMessageId, editedAtMs, oldIsGone: true };
  };
  const visit = async (messages: readonly ReceivedMessage[]): Promise<void> => {
    const old = messages.find((message) => message.messageId === messageId);
    if (old !== undefined) await replace(old);
  };
  try {
    await peekQueue({ queueUrl: deadLetterQueueUrl, expected: visible, visit, signal }, { queues: relay.queues, now });
  } catch (error) {
    if (replaced === undefined) throw error;
  }
  if (replaced === undefined) {
    throw new OperatorError('CHANGED_MEANWHILE', `dead letter ${messageId} is gone, or held by another reader`);
  }
  return replaced;
}

async function storePayload(
  { payload }: EditedMessage,
  { attributes }: ShownDeadLetter,
  { relay }: EditTools,
): Promise<void> {
  if (payload === undefined) return;
  const contentType = attributes.ContentType?.value;
  await naming(`store the new body in bucket ${relay.location.payloadBucketName}`, () =>
    relay.storePayload(payload.key, payload.bytes, typeof contentType === 'string' ? contentType : undefined),
  );
}

function onlyOne(id: string, shown: readonly ShownDeadLetter[]): ShownDeadLetter {
  const [deadLetter, ...others] = shown;
  if (deadLetter !== undefined && others.length === 0) return deadLetter;
  const ids = shown.map(({ messageId }) => messageId).join(', ');
  throw new OperatorError('USAGE', `event "${id}" has ${shown.length} dead letters: give a message id, of ${ids}`);
}
