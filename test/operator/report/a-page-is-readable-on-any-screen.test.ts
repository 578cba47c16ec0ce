import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Figures } from '../../../lib/operator/report/figures.ts';
import { renderPage } from '../../../lib/operator/report/render-page.ts';
import { chromiumPath, isChromiumRequired, launchChromium } from '../../support/find-chromium.ts';
import { healthyRoute, hurtRoute, madeUpFigures, quietRoute } from './made-up-figures.ts';
import { measurePage } from './measure-page.ts';

const eight = [healthyRoute, hurtRoute, quietRoute, healthyRoute, hurtRoute, quietRoute, healthyRoute, hurtRoute];

const reports: Readonly<Record<string, () => Promise<Figures>>> = {
  'two routes, one of them hurt': () => madeUpFigures({ 'open-messaging': healthyRoute, 'data-action': hurtRoute }),
  'one route with three events and gaps': () => madeUpFigures({ 'open-messaging': quietRoute }),
  'a week': () => madeUpFigures({ 'open-messaging': hurtRoute }, 168),
  'eight routes, their names long': () =>
    madeUpFigures(
      Object.fromEntries(
        eight.map((route, index) => [`events-of-contact-centre-${index}-`.padEnd(18 + index * 5, 'x'), route]),
      ),
    ),
  nothing: () => madeUpFigures({ 'open-messaging': {} }),
};

const screens = [375, 1000].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));
const cases = Object.keys(reports).flatMap((name) => screens.map((screen) => ({ name, ...screen })));

if (chromiumPath === undefined && !isChromiumRequired) {
  console.warn(
    'NOT TESTED: whether the report can be read. There is no Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.',
  );
}
const describeInChromium = chromiumPath === undefined && !isChromiumRequired ? describe.skip : describe;

describeInChromium('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function onScreen<Result>(
    html: string,
    { width, scheme }: (typeof screens)[number],
    look: (page: Page) => Promise<Result>,
  ): Promise<Result> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme });
    try {
      await page.setContent(html);
      return await look(page);
    } finally {
      await page.close();
    }
  }

  test.each(cases)('$name, $width pixels wide and $scheme: nothing is cut off, small or faint', async (screen) => {
    const html = renderPage(await reportOf(screen.name));

    const layout = await onScreen(html, screen, measurePage);

    expect(layout.overflow).toBe(0);
    expect(layout.clipped).toEqual([]);
    expect(layout.smallestText).toBeGreaterThanOrEqual(10);
    expect(layout.faint).toEqual([]);
  });

  test('no line of a phone breaks within a word of a command', async () => {
    const html = renderPage(await reportOf('two routes, one of them hurt'));

    const heights = await onScreen(html, { width: 375, scheme: 'light' }, (page) =>
      page.locator('code .word').evaluateAll((words) => words.map((word) => word.getBoundingClientRect().height)),
    );

    expect(heights).toHaveLength(8);
    expect(new Set(heights.map(Math.round)).size).toBe(1);
  });

  test('every plot shows its data, in a size that can be seen', async () => {
    const html = renderPage(await reportOf('two routes, one of them hurt'));

    for (const screen of screens) {
      const { plots } = await onScreen(html, screen, measurePage);
      // Of the healthy route two have nothing to show, and say so instead.
      expect(plots).toHaveLength(16);
      for (const plot of plots) {
        expect(plot).toMatchObject({ marks: expect.any(Number), width: expect.any(Number) });
        expect(plot.marks).toBeGreaterThan(0);
        expect(plot.width).toBeGreaterThan(240);
        expect(plot.height).toBeGreaterThan(120);
      }
    }
  });

  test('three events of one minute can be seen, each as a mark of its own', async () => {
    const html = renderPage(await reportOf('one route with three events and gaps'));

    const { plots } = await onScreen(html, { width: 375, scheme: 'light' }, measurePage);

    expect(plots.map(({ title }) => title)).toEqual([
      'Accepted and delivered',
      'Receipt to delivery',
      'Waiting or in flight',
      'Answer to the sender, and one POST',
    ]);
    for (const { marks } of plots) expect(marks).toBeGreaterThan(0);
  });

  test('the page asks for nothing, and runs nothing', async () => {
    const html = renderPage(await reportOf('two routes, one of them hurt'));
    const requests: string[] = [];
    const complaints: string[] = [];

    await onScreen(html, { width: 1000, scheme: 'light' }, async (page) => {
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.setContent(html);
      expect(await page.locator('script, link, iframe, img, object').count()).toBe(0);
    });

    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

async function reportOf(name: string): Promise<Figures> {
  const make = reports[name];
  if (make === undefined) throw new Error(`there is no report of ${name}`);
  return await make();
}
