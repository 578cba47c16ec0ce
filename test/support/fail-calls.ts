import { ServiceUnavailableError } from '../../lambdas/contract/errors.ts';

/** A port whose service is down. */
export async function unavailable(): Promise<never> {
  throw new ServiceUnavailableError('the service is down', new Error('connect ECONNREFUSED'));
}

/** A port whose service never answers: to its caller it looks like a crash in the middle of the call. */
export function hangs(): Promise<never> {
  return new Promise(() => {});
}
