import {
  attributeNames,
  deadLetterAttributeNames,
  number,
  withinAttributeLimit,
} from '../../../lambdas/contract/message-attributes.ts';
import type { CarriedAttributes } from '../connection/message-queues.ts';

/**
 * The attributes of a redriven message: what made it a dead letter comes off, the time of the redrive goes on. Without
 * `RedrivenAt` the processor would take the message for a duplicate of the failed delivery, and drop it.
 */
export function redriveAttributes(attributes: CarriedAttributes, redrivenAtMs: number): CarriedAttributes {
  const kept = Object.entries(attributes).filter(([name]) => !deadLetterAttributeNames.includes(name));
  return withinAttributeLimit({ ...Object.fromEntries(kept), [attributeNames.redrivenAt]: number(redrivenAtMs) });
}
