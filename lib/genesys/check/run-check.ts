import type { ExitCode, Terminal } from '../../operator/terminal/terminal.ts';
import type { GenesysRegion } from '../connection/region.ts';
import { checkDocument } from './check-document.ts';
import { renderCheck } from './render-check.ts';
import { sumUp } from './sum-up.ts';
import { type StockTools, takeStock } from './take-stock.ts';

export interface CheckTools extends Omit<StockTools, 'progress'> {
  readonly region: GenesysRegion;
  /** Of the relay, for people. */
  readonly relay: string;
}

/**
 * `relay genesys check`
 *
 * @returns 1 when something is wrong, or could not be seen
 * @throws GenesysError when Genesys cannot be reached, or refuses the client
 */
export async function runCheck(
  { json }: { readonly json: boolean },
  tools: CheckTools,
  terminal: Terminal,
): Promise<ExitCode> {
  const { region, relay, entrances } = tools;
  const stock = await takeStock({ ...tools, progress: terminal.progress });
  const summary = sumUp(stock, entrances);
  const result = { region, relay, entrances, stock, summary };
  terminal.print(json ? JSON.stringify(checkDocument(result)) : renderCheck(result, terminal.paint));
  return summary.ok ? 0 : 1;
}
