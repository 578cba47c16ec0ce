import { RemovalPolicy } from 'aws-cdk-lib';
import type { RelayConfig } from './relay-config.ts';

/** What becomes of a resource with data in it. One that was only just made by a deployment that failed goes with it. */
export function dataRemovalPolicy(dataOnDestroy: RelayConfig['dataOnDestroy']): RemovalPolicy {
  return dataOnDestroy === 'delete' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}
