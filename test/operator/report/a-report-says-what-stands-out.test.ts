import { describe, expect, test } from '@jest/globals';
import { judgeFigures } from '../../../lib/operator/report/judge-figures.ts';
import { renderPage } from '../../../lib/operator/report/render-page.ts';
import { requestCosts } from '../../../lib/operator/report/request-costs.ts';
import { healthyRoute, hurtRoute, madeUpFigures } from './made-up-figures.ts';

describe('the first lines', () => {
  test('say that nothing stands out, where nothing does', async () => {
    expect(judgeFigures(await madeUpFigures({ main: healthyRoute }))).toEqual([
      { weight: 'good', text: 'Nothing stands out: no pause of a minute or more, no dead letter, no refusal.' },
    ]);
  });

  test('name what is wrong, the worst first, and the command that shows more', async () => {
    const paused = { ...hurtRoute, BreakerOpen: () => 1 };

    expect(judgeFigures(await madeUpFigures({ main: paused, other: healthyRoute }))).toEqual([
      { weight: 'bad', text: 'main is paused: its events wait.', command: 'npx relay route list --region eu-west-2' },
      { weight: 'bad', text: expect.stringContaining('main answered 12 with 503') },
      {
        weight: 'bad',
        text: 'main has 55 dead letters.',
        command: 'npx relay dlq list --route main --region eu-west-2',
      },
      { weight: 'warn', text: expect.stringMatching(/^main refused 1\d\d: see the page, under "Not accepted"\.$/) },
    ]);
  });

  test('count no dead letter twice that somebody has looked at meanwhile', async () => {
    const looked = {
      ...healthyRoute,
      'ApproximateNumberOfMessagesVisible:dead': () => 7,
      'ApproximateNumberOfMessagesNotVisible:dead:Maximum': () => 7,
      'ApproximateNumberOfMessagesNotVisible:dead:Minimum': () => 0,
    };

    expect(judgeFigures(await madeUpFigures({ main: looked }))).toMatchObject([{ text: 'main has 7 dead letters.' }]);
  });

  test('do not call a route paused that was', async () => {
    const remarks = judgeFigures(await madeUpFigures({ main: hurtRoute }));

    expect(remarks.map(({ text }) => text)).toContain('main was paused in this time, and is not any more.');
  });
});

describe('the page', () => {
  test('is the same whenever it is drawn of the same figures', async () => {
    const figures = await madeUpFigures({ main: healthyRoute, other: hurtRoute });

    expect(renderPage(figures)).toBe(renderPage(figures));
  });

  test('shows no plot where there is nothing to draw, but says so', async () => {
    const page = renderPage(await madeUpFigures({ main: { Accepted: (index) => (index === 3 ? 1 : undefined) } }));

    expect(page.match(/<svg /g)).toHaveLength(1);
    expect(page).toContain('Nothing was delivered.');
    expect(page).toContain('SQS published nothing: the queue was idle.');
  });

  test('of a time in which nothing happened says how to make something happen', async () => {
    const idle = { BreakerOpen: () => 0, 'ApproximateNumberOfMessagesVisible:events': () => 0 };

    const page = renderPage(await madeUpFigures({ main: idle }));

    expect(page).not.toContain('<svg');
    const text = page.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');
    expect(text).toContain('npx relay send samples/open-messaging-text.json --route main --region eu-west-2');
  });

  test('is not written into by a name', async () => {
    const figures = await madeUpFigures({ main: hurtRoute });
    const [main] = figures.routes;
    if (main === undefined) throw new Error('there is no route');
    const named = { ...figures, relay: 'a <script>', routes: [{ ...main, route: '"><script>alert(1)</script>' }] };

    expect(renderPage(named)).not.toContain('<script');
  });
});

test('the requests of a webhook of 2 KB cost what the price list says', async () => {
  const once = (value: number) => (index: number) => (index === 0 ? value : undefined);
  const figures = await madeUpFigures({ main: { Accepted: once(1_000_000), Delivered: once(1_000_000) } });

  const costs = Object.fromEntries(requestCosts(figures).map(({ service, dollars }) => [service, dollars]));

  expect(costs).toEqual({
    'API Gateway requests': expect.closeTo(1, 5),
    'Lambda invocations': expect.closeTo(0.4, 5),
    'SQS requests': expect.closeTo(1.2, 5),
    'DynamoDB writes': expect.closeTo(1.25, 5),
    'S3 writes': 0,
    'S3 reads': 0,
  });
});
