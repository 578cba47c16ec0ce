/**
 * Writes text no faster than its reader takes it: resolves when there is room for more. What nobody reads any more, as
 * behind `| head`, is dropped.
 */
export type WritePaced = (text: string) => Promise<void>;

export function writePacedOn(output: NodeJS.WriteStream): WritePaced {
  return (text) =>
    new Promise((resolve) => {
      if (output.destroyed || output.write(text)) {
        resolve();
        return;
      }
      const goOn = () => {
        for (const event of ends) output.off(event, goOn);
        resolve();
      };
      for (const event of ends) output.once(event, goOn);
    });
}

const ends = ['drain', 'close', 'error'] as const;
