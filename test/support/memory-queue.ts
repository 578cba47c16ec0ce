import type { HideMessage, QueueMessage, SendMessage } from '../../lambdas/contract/ports.ts';

/** What was sent to queues, and which messages were hidden for how long. */
export interface MemoryQueue {
  readonly sent: { readonly queueUrl: string; readonly message: QueueMessage }[];
  readonly hidden: { readonly receiptHandle: string; readonly seconds: number }[];
  readonly send: SendMessage;
  readonly hide: HideMessage;
}

export function memoryQueue(): MemoryQueue {
  const sent: MemoryQueue['sent'] = [];
  const hidden: MemoryQueue['hidden'] = [];
  return {
    sent,
    hidden,
    async send(queueUrl, message) {
      sent.push({ queueUrl, message });
    },
    async hide(receiptHandle, seconds) {
      hidden.push({ receiptHandle, seconds });
    },
  };
}
