import { RemovalPolicy } from 'aws-cdk-lib';
import type { RelayConfig } from './relay-config.ts';

/** What becomes of a resource with data in it. One that a failed first deployment has just made holds none, and goes. */
export function dataRemovalPolicy(dataOnDestroy: RelayConfig['dataOnDestroy']): RemovalPolicy {
  return dataOnDestroy === 'delete' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}
