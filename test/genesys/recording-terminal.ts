import type { Terminal } from '../../lib/operator/terminal/terminal.ts';

/** A terminal that keeps what it is told, and answers as it should. */
export interface RecordingTerminal {
  readonly terminal: Terminal;
  readonly printed: string[];
  readonly noted: string[];
  readonly progress: string[];
  readonly asked: string[];
  /** Everything that anybody could have read. */
  text(): string;
}

/** @param yes undefined for a terminal with nobody to ask */
export function recordingTerminal(yes?: boolean): RecordingTerminal {
  const printed: string[] = [];
  const noted: string[] = [];
  const progress: string[] = [];
  const asked: string[] = [];
  const confirm = async (question: string) => {
    asked.push(question);
    return yes === true;
  };
  return {
    terminal: {
      print: (line) => printed.push(line),
      note: (line) => noted.push(line),
      progress: (text) => progress.push(text),
      paint: (_style, text) => text,
      columns: undefined,
      confirm: yes === undefined ? undefined : confirm,
    },
    printed,
    noted,
    progress,
    asked,
    text: () => [...printed, ...noted, ...progress, ...asked].join('\n'),
  };
}
