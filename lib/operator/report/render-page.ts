import { relayCommand } from '../connection/relay-command.ts';
import { drawPlot } from './draw-plot.ts';
import {
  type CountMetric,
  type Figures,
  highestOf,
  type RouteFigures,
  type Series,
  sumOf,
  totalOf,
} from './figures.ts';
import { deadLettersOf, judgeFigures, pauseOf } from './judge-figures.ts';
import { html, type Markup, trusted } from './markup.ts';
import { pageStyle } from './page-style.ts';
import { isEmpty, type Mark, type Plot } from './plot.ts';
import { requestCosts, totalDollars } from './request-costs.ts';
import type { RouteMetrics } from './route-metrics.ts';
import { routePlots } from './route-plots.ts';
import { dollars, fullCount, shortTime } from './say-number.ts';
import type { TimeWindow } from './time-window.ts';

/** The report as one HTML page that needs nothing else: no script, no font, no network. */
export function renderPage(figures: Figures): string {
  const { relay, window, routes } = figures;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Report: ${relay}</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<main>
<header>
<h1>${capital(relay)}</h1>
<p class="muted">${describeWindow(window)}</p>
</header>
${isQuiet(figures) ? quiet(figures) : [verdict(figures), tiles(figures), ...(routes.length > 1 ? [overview(figures)] : [])]}
${isQuiet(figures) ? [] : routes.map((route) => section(route, window))}
${isQuiet(figures) ? [] : [costs(figures)]}
${notes(window)}
</main>
</body>
</html>
`;
  return page.markup;
}

/** Whether nothing at all was sent in this time; idle queues and closed breakers publish zeros all the same. */
function isQuiet({ routes }: Figures): boolean {
  return routes.every(
    (figures) =>
      (['accepted', 'refused', 'notStored', 'delivered', 'retried', 'duplicates', 'deadLetters'] as const).every(
        (metric) => sumOf(figures.metrics[metric]) === 0,
      ) &&
      pauseOf(figures) === 'none' &&
      (deadLettersOf(figures) ?? 0) === 0 &&
      (highestOf(figures.metrics.waiting) ?? 0) === 0,
  );
}

function quiet({ routes, ...relay }: Figures): Markup {
  const route = routes[0]?.route ?? 'ROUTE';
  const send = relayCommand(relay, 'send samples/open-messaging-text.json --route', route);
  return html`<div class="card empty">
<h2>Nothing happened in this time</h2>
<p class="muted">No webhook came in, and none was delivered, on ${list(routes.map((figures) => figures.route))}.
To see one go through: ${commandLine(send)}</p>
</div>`;
}

/** A line is broken between the words of a command, and not after the dashes of a flag, where a browser likes to. */
function commandLine(command: string): Markup {
  return html`<code>${command.split(' ').map((word) => html`<span class="word">${word}</span>`)}</code>`;
}

function verdict(figures: Figures): Markup {
  const items = judgeFigures(figures).map(({ weight, text, command }) =>
    command === undefined
      ? html`<li class="${weight}">${text}</li>`
      : html`<li class="${weight}">${text} ${commandLine(command)}</li>`,
  );
  return html`<ul class="verdict">${items}</ul>`;
}

function tiles(figures: Figures): Markup {
  const total = (metric: CountMetric) => totalOf(figures, metric);
  const cost = totalDollars(requestCosts(figures));
  const dead = figures.routes.map(deadLettersOf);
  const waiting = dead.some((count) => count !== undefined)
    ? `${fullCount(dead.reduce<number>((sum, count) => sum + (count ?? 0), 0))} wait now`
    : 'queues idle';
  const duplicates = total('duplicates');
  const tile = (name: string, value: string, beside: string) =>
    html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="beside">${beside}</dd></div>`;
  return html`<dl class="tiles">
${tile('Accepted', fullCount(total('accepted')), `${fullCount(total('offloaded'))} by way of S3`)}
${tile('Delivered', fullCount(total('delivered')), duplicates === 0 ? 'no duplicates' : `${fullCount(duplicates)} duplicates held back`)}
${tile('Retries', fullCount(total('retried')), 'attempts that another followed')}
${tile('Dead letters', fullCount(total('deadLetters')), waiting)}
${tile('Refused', fullCount(total('refused')), `${fullCount(total('notStored'))} not stored`)}
${tile('Requests', cost > 0 && cost < 0.01 ? '< $0.01' : dollars(cost), 'at most, at list prices')}
</dl>`;
}

function overview({ routes }: Figures): Markup {
  const columns: readonly (readonly [heading: string, cell: (metrics: RouteMetrics<Series>) => string])[] = [
    ['Accepted', ({ accepted }) => fullCount(sumOf(accepted))],
    ['Delivered', ({ delivered }) => fullCount(sumOf(delivered))],
    ['Retries', ({ retried }) => fullCount(sumOf(retried))],
    ['Dead letters', ({ deadLetters }) => fullCount(sumOf(deadLetters))],
    ['Refused', ({ refused }) => fullCount(sumOf(refused))],
    ['p50 up to', ({ timeToDeliveryP50 }) => highestTime(timeToDeliveryP50)],
    ['p99 up to', ({ timeToDeliveryP99 }) => highestTime(timeToDeliveryP99)],
  ];
  const rows = routes.map((figures) => {
    const cells = columns.map(([heading, cell]) => html`<td data-label="${heading}">${cell(figures.metrics)}</td>`);
    return html`<tr><th scope="row"><a href="#route-${figures.route}">${figures.route}</a>${state(figures)}</th>${cells}</tr>`;
  });
  return html`<section>
<h2>Routes</h2>
<div class="card table routes"><table>
<thead><tr><th scope="col">Route</th>${columns.map(([heading]) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table></div>
</section>`;
}

function highestTime(series: Series): string {
  const highest = highestOf(series);
  return highest === undefined ? '–' : shortTime(highest);
}

function state(figures: RouteFigures): Markup {
  switch (pauseOf(figures)) {
    case 'now':
      return html` <span class="state bad">paused</span>`;
    case 'before':
      return html` <span class="state warn">was paused</span>`;
    case 'none':
      return html``;
  }
}

function section(figures: RouteFigures, window: TimeWindow): Markup {
  return html`<section id="route-${figures.route}">
<div class="head"><h2>${figures.route}</h2>${state(figures)}</div>
<div class="plots">
${routePlots(figures, window).map(figure)}
</div>
</section>`;
}

function figure(plot: Plot): Markup {
  if (isEmpty(plot)) {
    return html`<figure class="card"><figcaption><h3>${plot.title}</h3></figcaption><p class="none">${plot.ifEmpty}</p></figure>`;
  }
  const paused = (highestOf(plot.paused) ?? 0) > 0;
  const pause = paused ? [html`<li><span class="swatch" style="background:var(--paused)"></span>paused</li>`] : [];
  return html`<figure class="card"><figcaption><h3>${plot.title}</h3>
<ul class="legend">${[...plot.marks.map(legendEntry), ...pause]}</ul></figcaption>
${trusted(drawPlot(plot))}</figure>`;
}

function legendEntry({ shape, name, ink, summary }: Mark): Markup {
  return html`<li><span class="swatch ${shape}" style="background:var(--${ink})"></span>${name} <b>${summary}</b></li>`;
}

function costs(figures: Figures): Markup {
  const costed = requestCosts(figures);
  const total = totalDollars(costed);
  const accepted = totalOf(figures, 'accepted');
  const rows = costed
    .filter(({ requests }) => requests > 0)
    .map(
      ({ service, requests, dollars: part }) =>
        html`<tr><td>${service}</td><td>${fullCount(requests)}</td><td>${dollars(part)}</td></tr>`,
    );
  const each = accepted === 0 ? '' : ` That is ${dollars((total / accepted) * 1e6)} for a million accepted webhooks.`;
  return html`<section>
<h2>What the requests cost</h2>
<div class="card table"><table>
<thead><tr><th scope="col">Service</th><th scope="col">Requests</th><th scope="col">US dollars</th></tr></thead>
<tbody>${rows}</tbody>
<tfoot><tr><td>Total</td><td></td><td>${dollars(total)}</td></tr></tfoot>
</table></div>
<p class="notes">At most, at list prices of us-east-1: as if each processor got one event at a time.${each}
Time of the functions, logs and metrics are not in it.</p>
</section>`;
}

function notes({ periodSeconds }: TimeWindow): Markup {
  return html`<section>
<p class="notes">Times are UTC. p50 and p99 are those of each ${shortTime(periodSeconds * 1_000)}; where a line has a gap, nothing was measured.
Receipt to delivery is drawn on a logarithmic scale, as are all milliseconds. SQS publishes nothing of a queue that was idle for six hours.</p>
<p class="notes">Drawn by <code>npx relay report</code>.</p>
</section>`;
}

function describeWindow({ fromMs, untilMs, periodSeconds }: TimeWindow): string {
  const written = (atMs: number) => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
  const length = shortTime(untilMs - fromMs);
  return `${length}, from ${written(fromMs)} to ${written(untilMs)} UTC, in steps of ${shortTime(periodSeconds * 1_000)}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
