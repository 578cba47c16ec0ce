import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
  type MetricAlarm,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DeployedRelay, deployedRelay, eventually, so } from './support/deployed-relay.ts';
import { readDeployment } from './support/deployment.ts';

let relay: DeployedRelay;
const cloudWatch = new CloudWatchClient({});
beforeAll(() => {
  relay = deployedRelay('unsigned');
});
afterAll(() => {
  relay.close();
  cloudWatch.destroy();
});

/** Those over metrics, and those over alarms. */
async function alarms(heading: string): Promise<DescribeAlarmsCommandOutput> {
  const AlarmNames = [`${relay.deployment.stackName}/unsigned/${heading}`];
  return cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }));
}

async function alarm(heading: string): Promise<MetricAlarm> {
  const { MetricAlarms: [found] = [] } = await alarms(heading);
  if (found === undefined) throw new Error(`there is no alarm ${heading}`);
  return found;
}

const isAmazon = readDeployment().endpoint === undefined;

/** The alarm that tells of another one: itself, or on Amazon the one that is made of several (see ministack-differences). */
async function actionsFor(heading: string): Promise<readonly string[] | undefined> {
  if (!isAmazon || heading !== 'BreakerOpen') return (await alarm(heading)).AlarmActions;
  const { CompositeAlarms: [composite] = [] } = await alarms('RouteHurt');
  return composite?.AlarmActions;
}

// Amazon lets nobody put metrics of its own namespaces: there the depth alarm has to wait for SQS.
const ofOurMetrics = ['BreakerOpen', 'DeadLettersExpiring'];
test.each(isAmazon ? ofOurMetrics : [...ofOurMetrics, 'DlqNotEmpty'])(
  '%s goes to ALARM by its metric, and the topic is told',
  async (heading) => {
    const { Namespace, MetricName, Dimensions } = await alarm(heading);
    expect(await actionsFor(heading)).toEqual([relay.outputs.AlarmTopicArn]);
    const put = (Value: number) =>
      cloudWatch.send(
        new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Dimensions, Value, Timestamp: new Date() }] }),
      );
    await put(1);
    await eventually('the alarm', () => so(alarm(heading).then(({ StateValue }) => StateValue === 'ALARM')), 180_000);
  },
);
