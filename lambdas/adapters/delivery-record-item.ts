import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { DeliveryRecord } from '../contract/delivery-record.ts';
import { ServiceUnavailableError } from '../contract/errors.ts';

/** A delivery record as DynamoDB spells it. */
export type RecordItem = Record<string, AttributeValue>;

/** Fields of a record, to be written; an undefined one is removed from the item. */
export type RecordFields = { readonly [Field in keyof DeliveryRecord]?: DeliveryRecord[Field] | undefined };

export interface FieldUpdate {
  readonly expression: string;
  readonly names: Record<string, string>;
  readonly values: RecordItem;
}

/** `SET` for the fields that have a value, `REMOVE` for those that have none. Names are aliased: `status` is reserved. */
export function updateFields(fields: RecordFields): FieldUpdate {
  const names: Record<string, string> = {};
  const values: RecordItem = {};
  const sets: string[] = [];
  const removes: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    names[`#${name}`] = name;
    if (value === undefined) {
      removes.push(`#${name}`);
    } else {
      values[`:${name}`] = toAttribute(value);
      sets.push(`#${name} = :${name}`);
    }
  }
  const remove = removes.length === 0 ? '' : ` REMOVE ${removes.join(', ')}`;
  return { expression: `SET ${sets.join(', ')}${remove}`, names, values };
}

export function toAttribute(value: number | string): AttributeValue {
  return typeof value === 'number' ? { N: String(value) } : { S: value };
}

const number = z.pipe(
  z.object({ N: z.string() }),
  z.transform(({ N }: { N: string }) => Number(N)),
);

const statuses = ['delivering', 'delivered', 'failed'] as const;

const claimStateSchema = z.object({
  status: z.object({ S: z.enum(statuses) }),
  leaseExpiresAtMs: number,
  attempts: number,
  lastFailedAtMs: z.optional(number),
});

/** What a claim has to know of a record. */
export type ClaimState = Pick<DeliveryRecord, 'status' | 'leaseExpiresAtMs' | 'attempts'> & {
  readonly lastFailedAtMs?: number | undefined;
};

/** @throws ServiceUnavailableError for an item that the relay cannot have written: nothing is decided on it */
export function parseClaimState(item: RecordItem): ClaimState {
  const parsed = z.safeParse(claimStateSchema, item);
  if (!parsed.success) throw new ServiceUnavailableError('the delivery record is not one that the relay wrote');
  return { ...parsed.data, status: parsed.data.status.S };
}
