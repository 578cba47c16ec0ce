import {
  CloudWatchClient,
  DescribeAlarmsCommand,
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

async function alarm(heading: string): Promise<MetricAlarm> {
  const AlarmNames = [`${relay.deployment.stackName}/unsigned/${heading}`];
  const { MetricAlarms: [found] = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames }));
  if (found === undefined) throw new Error(`there is no alarm ${AlarmNames[0]}`);
  return found;
}

// Amazon lets nobody put metrics of its own namespaces: there the depth alarm has to wait for SQS.
const isAmazon = readDeployment().endpoint === undefined;
test.each(isAmazon ? ['BreakerOpen'] : ['BreakerOpen', 'DlqNotEmpty'])(
  '%s goes to ALARM by its metric, and tells the topic',
  async (heading) => {
    const { Namespace, MetricName, Dimensions, AlarmActions } = await alarm(heading);
    expect(AlarmActions).toEqual([relay.outputs.AlarmTopicArn]);
    const put = (Value: number) =>
      cloudWatch.send(
        new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Dimensions, Value, Timestamp: new Date() }] }),
      );
    await put(1);
    await eventually('the alarm', () => so(alarm(heading).then(({ StateValue }) => StateValue === 'ALARM')), 180_000);
  },
);
