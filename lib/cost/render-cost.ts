import { borderlessTable } from '../operator/terminal/borderless-table.ts';
import { formatBytes, formatCount, formatDollars } from '../simulation/format.ts';
import { billEvents, type EventsLine, onTheWay, type Service } from './bill-events.ts';
import { totalOf } from './bill-line.ts';
import { billMonth } from './bill-month.ts';
import { priceList } from './price-list.ts';
import { defaultDesign, otherDesigns, type Workload } from './workload.ts';

/** What the events cost, in how it comes about; what other designs would cost; and what a month costs without events. */
export function renderCost(load: Workload): string {
  return [
    headline(load),
    arithmetic(billEvents(load, defaultDesign)),
    comparison(load),
    month(load.routes),
    `List prices of ${priceList.region}, ${priceList.asOf}, free tiers and discounts left out.`,
  ].join('\n\n');
}

/** The stable document of `--json`. */
export function costDocument(load: Workload): object {
  const lines = billEvents(load, defaultDesign);
  const fixed = billMonth(load.routes);
  return {
    workload: load,
    prices: priceList,
    lines,
    wayUsd: totalOf(onTheWay(lines)),
    totalUsd: totalOf(lines),
    otherDesigns: otherDesigns.map((design) => ({ ...design, totalUsd: totalOf(billEvents(load, design)) })),
    monthly: { lines: fixed, totalUsd: totalOf(fixed) },
  };
}

function headline({ events, eventBytes, offloadedShare, failingShare, destinationMs }: Workload): string {
  const parts = [
    `${formatCount(events)} events of ${formatBytes(eventBytes)}`,
    ...(offloadedShare > 0 ? [`${percent(offloadedShare)} of them offloaded at 256 KiB`] : []),
    ...(failingShare > 0 ? [`${percent(failingShare)} failing once`] : []),
    `a destination that answers in ${destinationMs} ms`,
  ];
  return `${parts.join(', ')}:`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

function arithmetic(lines: readonly EventsLine[]): string {
  const rows = lines.map(({ service, what, quantity, price, dollars }) => [
    service,
    what,
    quantity >= 100 ? formatCount(quantity) : quantity.toFixed(2),
    unitPrice(price),
    formatDollars(dollars),
  ]);
  return borderlessTable([
    ['SERVICE', 'WHAT', 'QUANTITY', 'PRICE', 'USD'],
    ...rows,
    ['', 'their way, without logs and what is kept', '', '', formatDollars(totalOf(onTheWay(lines)))],
    ['TOTAL', '', '', '', formatDollars(totalOf(lines))],
  ]);
}

/** Small ones by the million. */
function unitPrice(price: number): string {
  return price < 0.000_1 ? `${Number((price * 1e6).toPrecision(6))} / million` : String(price);
}

const services: readonly Service[] = ['API Gateway', 'Lambda', 'SQS', 'DynamoDB', 'S3', 'CloudWatch Logs'];

function comparison(load: Workload): string {
  const designs = [defaultDesign, ...otherDesigns];
  const bills = designs.map((design) => billEvents(load, design));
  const of = (service: Service) =>
    bills.map((lines) => formatDollars(totalOf(lines.filter((line) => line.service === service))));
  return borderlessTable([
    ['USD', ...designs.map(({ name }) => name.toUpperCase())],
    ...services.map((service) => [service, ...of(service)]),
    ['TOTAL', ...bills.map((lines) => formatDollars(totalOf(lines)))],
  ]);
}

function month(routes: number): string {
  const lines = billMonth(routes);
  const rows = lines.map(({ what, quantity, price, dollars }) => [
    what,
    formatCount(quantity),
    unitPrice(price),
    formatDollars(dollars),
  ]);
  return `Each month, for ${routes === 1 ? 'one route' : `${routes} routes`}, whether or not an event comes:\n${borderlessTable(
    [['WHAT', 'QUANTITY', 'PRICE', 'USD'], ...rows, ['TOTAL', '', '', formatDollars(totalOf(lines))]],
  )}`;
}
