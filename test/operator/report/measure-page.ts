import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import * as z from 'zod';

const layoutSchema = z.object({
  /** How far it reaches beyond the right edge of the screen, in pixels. */
  overflow: z.number(),
  /** Texts that are cut off, by a box around them or by the edge of their image. */
  clipped: z.array(z.string()),
  /** The smallest text, in pixels on the screen. */
  smallestText: z.number(),
  plots: z.array(
    z.object({
      title: z.string(),
      width: z.number(),
      height: z.number(),
      /** Shapes in a colour of the data, and of a size that can be seen. */
      marks: z.number(),
    }),
  ),
  /** Texts that are hard to read, with their contrast. */
  faint: z.array(z.string()),
});

/** What a browser made of a page. */
export type Layout = z.output<typeof layoutSchema>;

/** Asks the browser. What it is asked is no TypeScript: it runs in the page, where there is a document and no module. */
export async function measurePage(page: Page): Promise<Layout> {
  const question = await readFile(new URL('./in-the-page.js', import.meta.url), 'utf8');
  return layoutSchema.parse(await page.evaluate(question));
}
