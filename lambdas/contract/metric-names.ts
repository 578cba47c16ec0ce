/**
 * CloudWatch metrics that the functions publish, by the dimensions `service` (the stack's name) and `route`. A request
 * for no route that there is goes under the route {@link unknownRoute}.
 */
export const metricNamespace = 'GenesysWebhookRelay';

/** Names in CloudWatch. Each is a count, if nothing else is said; a count has no data where there is nothing to count. */
export const metricNames = {
  /** Webhooks stored durably and answered with 200. */
  accepted: 'Accepted',
  /** Of the accepted ones: whose body went to S3. */
  offloaded: 'Offloaded',
  /** Of the accepted ones: which SQS did not take, and the sweeper has to. */
  spilled: 'Spilled',
  /** Requests answered with a 4xx; also by `reason`, a `RefusalReason`. */
  refused: 'Refused',
  /** Requests answered with 503. */
  notStored: 'NotStored',
  /** Milliseconds from a request's arrival at API Gateway to its answer, of the accepted ones. */
  ingestLatency: 'IngestLatency',
  /** Events that their destination answered with a 2xx. */
  delivered: 'Delivered',
  /** Attempts that another one follows; also by `statusClass`, a {@link StatusClass}. */
  retried: 'Retried',
  /** Copies of events that were settled already. */
  duplicates: 'Duplicates',
  /** Dead letters that a processor wrote, also by `cause`; those that SQS moves itself are not among them. */
  deadLetters: 'DeadLetters',
  /** Milliseconds of one POST, whatever came of it. */
  deliveryLatency: 'DeliveryLatency',
  /** Milliseconds from a webhook's receipt to the 2xx of its destination. */
  timeToDelivery: 'TimeToDelivery',
  /** Faults of the relay or of AWS, in any of the functions. */
  faults: 'Faults',
  /** 1 while a route is paused, else 0; once a minute, without a unit. */
  breakerOpen: 'BreakerOpen',
  /** Times that a secret could not be read, whether or not an older reading of it helped. */
  secretsUnreadable: 'SecretsUnreadable',
  /** Webhooks that lie in the spill after a sweep; once a minute, also 0. */
  spillWaiting: 'SpillWaiting',
  /** Hours until SQS deletes the oldest dead letter, without a unit; only while there is one. */
  deadLetterHoursLeft: 'DeadLetterHoursLeft',
} as const;

/** A third dimension that some of the metrics have in a second set, beside the two of all. */
export const metricDimensions = {
  service: 'service',
  route: 'route',
  /** Of `Refused`. */
  reason: 'reason',
  /** Of `Retried`. */
  statusClass: 'statusClass',
  /** Of `DeadLetters`. */
  cause: 'cause',
} as const;

/** What an attempt that is tried again failed with. */
export const statusClasses = ['3xx', '4xx', '429', '5xx', 'timeout', 'network'] as const;

export type StatusClass = (typeof statusClasses)[number];

/** The route of requests whose path names none that there is: whatever strangers try must not make metrics. */
export const unknownRoute = 'unknown';
