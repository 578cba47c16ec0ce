/** CloudWatch metrics that the functions publish, by the dimensions `service` (the stack's name) and `route`. */
export const metricNamespace = 'GenesysWebhookRelay';

export const metricNames = {
  /** 1 while a route is paused, else 0; once a minute. */
  breakerOpen: 'BreakerOpen',
} as const;
