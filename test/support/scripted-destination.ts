import type { DeliveryRequest, DestinationAnswer, PostToDestination } from '../../lambdas/contract/ports.ts';

/** A destination that gives its answers in order, and the last one for ever after. */
export interface ScriptedDestination {
  readonly requests: DeliveryRequest[];
  readonly post: PostToDestination;
}

export function scriptedDestination(...script: readonly DestinationAnswer[]): ScriptedDestination {
  const requests: DeliveryRequest[] = [];
  return {
    requests,
    async post(request) {
      requests.push(request);
      return script[requests.length - 1] ?? script.at(-1) ?? answered(200);
    },
  };
}

export function answered(status: number, headers: Readonly<Record<string, string>> = {}): DestinationAnswer {
  return { kind: 'answered', status, headers };
}
