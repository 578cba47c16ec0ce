import { printable } from '../terminal/printable.ts';
import type { Style, Terminal } from '../terminal/terminal.ts';
import type { Finding, FindingStatus } from './finding.ts';

const colours: Readonly<Record<FindingStatus, Style>> = { ok: 'green', warn: 'yellow', fail: 'red', skipped: 'dim' };

/** Where nobody says how wide the screen is. */
const usualColumns = 100;

/**
 * The screen of `relay doctor`: a line for each check of the relay, then one for each route that is well, and for any
 * other what is wrong with it. So it stays one screen.
 */
export function renderFindings(
  findings: readonly Finding[],
  { columns, paint }: Pick<Terminal, 'columns' | 'paint'>,
): string {
  const ofRelay = findings.filter(({ route }) => route === undefined);
  const ofRoutes = [
    ...Map.groupBy(
      findings.filter(({ route }) => route !== undefined),
      ({ route = '' }) => route,
    ),
  ];
  const width = Math.max(...ofRelay.map(({ check }) => check.length), ...ofRoutes.map(([route]) => route.length));
  const line = (status: FindingStatus, name: string, message: string, next?: string) => {
    const indent = 'skipped'.length + 2 + width + 2;
    const room = Math.max(30, (columns ?? usualColumns) - indent);
    const text = [...wrap(printable(message), room), ...(next === undefined ? [] : wrap(`→ ${printable(next)}`, room))];
    const head = `${paint(colours[status], status.padEnd('skipped'.length))}  ${name.padEnd(width)}  `;
    return [head + (text[0] ?? ''), ...text.slice(1).map((rest) => ' '.repeat(indent) + rest)].join('\n').trimEnd();
  };
  return [
    ...ofRelay.map(({ status, check, message, next }) => line(status, check, message, next)),
    ...(ofRoutes.length === 0 ? [] : ['']),
    ...ofRoutes.flatMap(([route, found]) => {
      const well = found.filter(({ status }) => status === 'ok');
      const wrong = found.filter(({ status }) => status !== 'ok');
      const lines = wrong.map(({ status, message, next }, index) =>
        line(status, index === 0 ? route : '', message, next),
      );
      const rest = well.map(({ message }) => message).join(', ');
      return well.length === 0 ? lines : [...lines, line('ok', lines.length === 0 ? route : '', rest)];
    }),
    '',
    conclusion(findings, paint),
  ].join('\n');
}

function conclusion(findings: readonly Finding[], paint: Terminal['paint']): string {
  const many = (status: FindingStatus) => findings.filter((finding) => finding.status === status).length;
  const [failed, warned] = [many('fail'), many('warn')];
  if (failed > 0) return paint('red', `${failed} failed, ${warned} to look at, ${many('ok')} ok`);
  if (warned > 0) return paint('yellow', `${warned} to look at, ${many('ok')} ok`);
  return paint('green', `all ${many('ok')} ok`);
}

/** Of a text that is wrapped, what stays whole, to be copied: a command of ours, up to the next one, or a word. */
const wholes = /`?npx relay [^;`]+[;`]?|[^ ]+/g;

/** At spaces, as far as there are any. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(wholes) ?? []) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
