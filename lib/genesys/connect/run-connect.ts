import { relayCommand } from '../../operator/connection/relay-command.ts';
import { demandConfirm } from '../../operator/terminal/demand-confirm.ts';
import { printable } from '../../operator/terminal/printable.ts';
import type { ExitCode, Terminal } from '../../operator/terminal/terminal.ts';
import type { Entrance } from '../check/entrance.ts';
import type { CallGenesys } from '../connection/call-genesys.ts';
import { listOpenIntegrations, type OpenIntegration, openIntegrationSchema } from '../org/open-integrations.ts';
import { connectableUrl } from './connectable-url.ts';
import { findIntegration } from './find-integration.ts';

export interface ConnectOptions {
  /** Its id or its name. */
  readonly integration: string;
  /** In place of the route's own. */
  readonly url: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export interface ConnectTools {
  readonly call: CallGenesys;
  readonly entrance: Entrance;
  /** The current secret. */
  readonly readSecret: (secretArn: string) => Promise<string>;
  readonly signal: AbortSignal;
}

/**
 * `relay genesys connect ROUTE`: gives a route's URL and secret to an Open Messaging integration. The secret is neither
 * printed nor kept.
 *
 * @throws OperatorError `USAGE` when the two do not go together, or a yes is needed and cannot be asked for
 * @throws GenesysError
 */
export async function runConnect(
  options: ConnectOptions,
  { call, entrance, readSecret, signal }: ConnectTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const { yes, dryRun, json } = options;
  const wayOut = 'add --yes to change it, or --dry-run';
  const confirm = demandConfirm({ isSettled: yes || dryRun, json, wayOut }, terminal);
  const url = connectableUrl(entrance, options.url);
  const before = findIntegration(options.integration, await listOpenIntegrations(call));
  // Before the question: a secret that cannot be read is no time to have said yes.
  const secret = await readSecret(entrance.secretArn ?? '');
  warn(before, url, terminal);
  if (dryRun) {
    terminal.print(json ? document(before, entrance, url, 'planned') : plan(before, entrance, url, terminal));
    return 0;
  }
  if (!json) terminal.print(plan(before, entrance, url, terminal));
  if (!(await confirm(`change integration "${printable(before.name)}"?`))) {
    terminal.note('nothing was changed');
    return 1;
  }
  signal.throwIfAborted();
  const after = await update(call, before, url, secret);
  const kept = isAsAsked(before, after, url, terminal);
  if (json) terminal.print(document(before, entrance, url, kept ? 'changed' : 'changed-otherwise'));
  else if (kept) {
    terminal.print(terminal.paint('green', `connected "${printable(before.name)}" to route ${entrance.route}`));
    terminal.print(
      `  Send a message in a conversation of it; \`${relayCommand(entrance, 'genesys check')}\` tells what else there is to see.`,
    );
  }
  return kept ? 0 : 1;
}

function warn(
  { createStatus, createError, outboundNotificationWebhookUrl: from }: OpenIntegration,
  url: string,
  terminal: Terminal,
) {
  if (createStatus === 'Error') {
    const reason = createError?.message ?? createError?.code ?? 'without a reason';
    terminal.note(
      `Genesys could not create this integration (${printable(reason)}): it posts nothing, wherever it points`,
    );
  }
  if (from !== undefined && from !== '' && from !== url) {
    terminal.note(`${printable(from)} gets nothing of it any more`);
  }
}

function plan(before: OpenIntegration, { route }: Entrance, url: string, { paint }: Terminal): string {
  const from = before.outboundNotificationWebhookUrl ?? '';
  const urls =
    from === url ? [`  URL     ${url} (as it is)`] : [`  URL     ${printable(from) || 'none'}`, `       →  ${url}`];
  return [
    paint('bold', `Open Messaging integration "${printable(before.name)}" (${before.id})`),
    ...urls,
    `  secret  the current one of route ${route}, in place of the one that it has`,
  ].join('\n');
}

/** Stable: scripts read it. */
function document(before: OpenIntegration, { route }: Entrance, url: string, outcome: string): string {
  return JSON.stringify({
    outcome,
    integration: { id: before.id, name: before.name },
    route,
    urlBefore: before.outboundNotificationWebhookUrl ?? null,
    url,
  });
}

async function update(
  call: CallGenesys,
  before: OpenIntegration,
  url: string,
  secret: string,
): Promise<OpenIntegration> {
  const { id, name, supportedContent, messagingSetting } = before;
  return await call({
    action: `change integration "${printable(name)}"`,
    send: ({ conversations }) =>
      conversations.patchConversationsMessagingIntegrationsOpenIntegrationId(id, {
        // The one field that the model demands.
        name,
        ...(supportedContent?.id === undefined ? {} : { supportedContent: { id: supportedContent.id } }),
        ...(messagingSetting?.id === undefined ? {} : { messagingSetting: { id: messagingSetting.id } }),
        outboundNotificationWebhookUrl: url,
        outboundNotificationWebhookSignatureSecretToken: secret,
      }),
    result: openIntegrationSchema,
  });
}

/** What Genesys answers is what it keeps: a header that it dropped would be missed at the first event only. */
function isAsAsked(before: OpenIntegration, after: OpenIntegration, url: string, terminal: Terminal): boolean {
  const problems: string[] = [];
  if (after.outboundNotificationWebhookUrl !== url) {
    problems.push(`Genesys kept the URL ${printable(after.outboundNotificationWebhookUrl ?? 'none')}`);
  }
  const dropped = Object.keys(before.webhookHeaders ?? {}).filter((name) => after.webhookHeaders?.[name] === undefined);
  if (dropped.length > 0)
    problems.push(`Genesys dropped the headers ${dropped.map(printable).join(', ')}: set them again`);
  for (const problem of problems) terminal.note(problem);
  return problems.length === 0;
}
