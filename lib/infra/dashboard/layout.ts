import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type GraphWidgetProps } from 'aws-cdk-lib/aws-cloudwatch';

/** Columns of a CloudWatch dashboard. */
export const fullWidth = 24;

/** Of every figure that is counted: a spike of a minute is still one, and two weeks are still drawn. */
export const period = Duration.minutes(5);

/** A graph that takes its share of a row. */
export function graph(graphsInRow: number, props: GraphWidgetProps): GraphWidget {
  return new GraphWidget({
    width: fullWidth / graphsInRow,
    height: 6,
    ...props,
    leftYAxis: { min: 0, showUnits: false, ...props.leftYAxis },
  });
}
