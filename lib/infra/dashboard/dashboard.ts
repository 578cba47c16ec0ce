import { Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  type IAlarm,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { dashboardLink } from '../alarms/console-links.ts';
import type { DeliveryTable } from '../delivery-table.ts';
import type { IngestEndpoint } from '../ingest-endpoint.ts';
import type { NodeFunction } from '../node-function.ts';
import type { Route } from '../route.ts';
import { costRow } from './cost-row.ts';
import { fullWidth } from './layout.ts';
import { routeRows } from './route-rows.ts';
import { wayInRow } from './way-in-row.ts';

export interface DashboardProps {
  readonly routes: readonly Route[];
  readonly ingest: IngestEndpoint;
  /** All that run by a schedule. */
  readonly scheduled: readonly NodeFunction[];
  readonly deliveries: DeliveryTable;
  readonly alarms: readonly IAlarm[];
}

/**
 * What a route did with what came in, on one page: the alarms, the way in, a row of each route from
 * accepted to delivered and a row of what can be in the way, and what it costs. Every figure is a metric of CloudWatch:
 * the dashboard itself keeps nothing.
 */
export class Dashboard extends Construct {
  /** Where to look at it in the console. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const stack = Stack.of(this);
    // Dashboards are not those of a region, but of the account: another region may have a stack of the same name.
    const dashboardName = `${stack.stackName}-${stack.region}`;
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(12),
    });
    this.url = dashboardLink(stack, dashboardName);
    const alarmsOf = (about: Construct) => props.alarms.filter(({ node }) => node.scope === about);
    const ofRoutes = new Set(props.routes.flatMap(alarmsOf));
    const ofAll = props.alarms.filter((alarm) => !ofRoutes.has(alarm));
    dashboard.addWidgets(alarmStates('Alarms: each has its heading in docs/runbook.md', ofAll));
    dashboard.addWidgets(...wayInRow(props.ingest));
    for (const route of props.routes) {
      dashboard.addWidgets(new TextWidget({ markdown: `## ${route.name}`, width: fullWidth, height: 1 }));
      dashboard.addWidgets(alarmStates(`Alarms of ${route.name}`, alarmsOf(route)));
      for (const row of routeRows(route)) dashboard.addWidgets(...row);
    }
    dashboard.addWidgets(...costRow(props));
  }
}

/** One for each route, because CloudWatch takes a hundred alarms in one; the console shows about six beside each other. */
function alarmStates(title: string, alarms: readonly IAlarm[]): AlarmStatusWidget {
  return new AlarmStatusWidget({
    title,
    alarms: [...alarms],
    width: fullWidth,
    height: 1 + Math.ceil(alarms.length / 6),
  });
}
