/** Limits of AWS that more than one part of the relay has to keep to. */

/** A message with its attributes, since 2025-08 (SQS, "message quotas"). */
export const largestMessageBytes = 1_048_576;

/** Attributes of one message (SQS, "message quotas"). */
export const mostMessageAttributes = 10;

/** How long SQS hides a message, counted from its receive: 12 h (ChangeMessageVisibility). */
export const longestVisibilitySeconds = 43_200;

/** Messages in one invocation, for a standard queue without a batching window (Lambda guide, "Using Lambda with Amazon SQS"). */
export const largestBatch = 10;

/** The smallest `MaximumConcurrency` of an event source mapping (Lambda API, ScalingConfig). */
export const smallestConcurrency = 2;
