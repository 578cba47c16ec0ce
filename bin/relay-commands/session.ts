import { connectRelay, type Relay } from '../../lib/operator/connection/connect-relay.ts';
import { locateRelay } from '../../lib/operator/connection/locate-relay.ts';
import { defaultLocalUrl } from '../../lib/operator/connection/parse-local-url.ts';
import type { RelayAddress } from '../../lib/operator/connection/relay-location.ts';
import type { FindTools } from '../../lib/operator/dead-letters/find-dead-letters.ts';
import { type Pause, pauseUntil } from '../../lib/operator/pause.ts';
import type { Ask } from '../../lib/operator/terminal/ask.ts';
import type { OpenProgressBar } from '../../lib/operator/terminal/progress-bar.ts';
import type { ExitCode, Terminal } from '../../lib/operator/terminal/terminal.ts';
import type { WritePaced } from '../../lib/operator/terminal/write-paced.ts';

/** The options of `relay` itself, which every command has: which relay is meant. */
export interface AddressOptions {
  /** A URL; true for the default one. */
  readonly local?: string | true;
  readonly stack: string;
  readonly region?: string;
  readonly profile?: string;
}

/** What the functions behind the commands are given. */
export type RelayTools = FindTools & { readonly relay: Relay; readonly pause: Pause };

/** What commands with much to tell print on, or ask by. */
export interface CommandTerminal extends Terminal {
  /** To standard output, with no newline of its own. */
  readonly write: WritePaced;
  /** Undefined when there is nobody to ask. */
  readonly ask: Ask | undefined;
  /** On standard error. */
  readonly openBar: OpenProgressBar;
}

/** One run of `relay`: where its commands print, what interrupts them, and what they come to. */
export interface Session {
  readonly terminal: CommandTerminal;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Runs a command that talks to no relay, and keeps its exit code. */
  readonly conclude: (run: () => Promise<ExitCode>) => Promise<void>;
  /** Finds the relay that is meant, runs the command, keeps its exit code, and closes the connections. */
  readonly withRelay: (options: AddressOptions, run: (tools: RelayTools) => Promise<ExitCode>) => Promise<void>;
  /** What the command that ran came to: 0 as long as none has. */
  readonly exitCode: () => ExitCode;
}

export function openSession(terminal: CommandTerminal, signal: AbortSignal): Session {
  let exitCode: ExitCode = 0;
  return {
    terminal,
    signal,
    exitCode: () => exitCode,
    conclude: async (run) => {
      exitCode = await run();
    },
    withRelay: async (options, run) => {
      const relay = connectRelay(await locateRelay(addressOf(options)));
      try {
        exitCode = await run({ relay, now: Date.now, signal, pause: pauseUntil(signal) });
      } finally {
        relay.close();
      }
    },
  };
}

/** The relay that is meant: `--local`, else the stack. */
export function addressOf({ local, stack, region, profile }: AddressOptions): RelayAddress {
  if (local !== undefined) return { kind: 'local', url: local === true ? defaultLocalUrl : local };
  return { kind: 'stack', stackName: stack, region, profile };
}
