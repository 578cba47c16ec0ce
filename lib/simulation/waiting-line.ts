/** Messages that have the same behind them. Fractions are fine: they are expectations. */
export interface Cell {
  readonly messages: number;
  /** Attempts that count. */
  readonly attempts: number;
  readonly receives: number;
  /** When the oldest of them came. */
  readonly oldestAtS: number;
}

/** Messages in line: first come, first served. */
export interface WaitingLine {
  add(cell: Cell): void;
  take(most: number): Cell[];
  readonly messages: number;
}

/** Less than this is rounding, not a message. */
const nothing = 1e-6;

/** Cells that were taken are dropped from the array in one go. */
const tidyAfter = 4_096;

export function waitingLine(): WaitingLine {
  let line: Cell[] = [];
  /** Index of the first cell that still waits. */
  let head = 0;
  let waiting = 0;

  function tidy(): void {
    if (head < tidyAfter) return;
    line = line.slice(head);
    head = 0;
  }

  return {
    add(cell) {
      line.push(cell);
      waiting += cell.messages;
    },

    take(most) {
      const taken: Cell[] = [];
      let left = most;
      for (let first = line[head]; first !== undefined && left > nothing; first = line[head]) {
        const rest = first.messages - left;
        // A rest that is only rounding goes along, so that nothing is lost on the way.
        const messages = rest > nothing ? left : first.messages;
        if (rest > nothing) line[head] = { ...first, messages: rest };
        else head += 1;
        taken.push({ ...first, messages });
        waiting -= messages;
        left -= messages;
      }
      tidy();
      return taken;
    },

    get messages() {
      return waiting;
    },
  };
}
