import type { Terminal } from '../../lib/operator/terminal/terminal.ts';

/** What a command printed, noted and wrote; nobody is there to ask unless `answers` has something to say. */
export function recordingTerminal(answers: { confirm?: boolean; ask?: string } = {}) {
  const printed: string[] = [];
  const noted: string[] = [];
  const written: string[] = [];
  const questions: string[] = [];
  const { confirm, ask } = answers;
  const asked = <Answer>(answer: Answer) => {
    return async (question: string): Promise<Answer> => {
      questions.push(question);
      return answer;
    };
  };
  const terminal: Terminal = {
    print: (line) => printed.push(line),
    note: (line) => noted.push(line),
    progress: () => {},
    paint: (_style, text) => text,
    columns: undefined,
    confirm: confirm === undefined ? undefined : asked(confirm),
  };
  return {
    printed,
    noted,
    written,
    questions,
    terminal: {
      ...terminal,
      ask: ask === undefined ? undefined : asked(ask),
      write: async (text: string) => {
        written.push(text);
      },
      openBar: () => ({ update: () => {}, stop: () => {} }),
    },
  };
}
