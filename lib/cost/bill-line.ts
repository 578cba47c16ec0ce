/** One line of a bill: quantity × price. */
export interface BillLine {
  readonly what: string;
  readonly quantity: number;
  /** US dollars for one. */
  readonly price: number;
  readonly dollars: number;
}

export function billLine(what: string, quantity: number, price: number): BillLine {
  return { what, quantity, price, dollars: quantity * price };
}

export function totalOf(lines: readonly BillLine[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}
