import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DeployedRelay, deployedRelay, eventually, so } from './support/deployed-relay.ts';
import { readDeployment } from './support/deployment.ts';

const script = join(import.meta.dirname, 'interop/extended_client.py');
const { python } = readDeployment();

let relay: DeployedRelay;
beforeAll(() => {
  relay = deployedRelay('interop');
});
afterAll(() => relay.close());

async function extendedClient(args: readonly string[], input = ''): Promise<string> {
  const child = spawn(python ?? 'python3', [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (code !== 0) throw new Error(`the extended client ended with ${code}: ${stderr}`);
  return stdout;
}

// Without Python there is no such client: the run has said so.
(python === undefined ? describe.skip : describe)('Amazon’s SQS Extended Client for Python', () => {
  const large = () =>
    JSON.stringify({ text: 'Gr\u00fc\u00dfe \u2603', large: randomBytes(300_000).toString('base64') });

  test('reads what the relay has offloaded', async () => {
    // Nobody takes messages off the dead letter queue, and there they are as they were on the queue.
    await relay.answer({ status: 422 }, { status: 200 });
    const body = large();
    await relay.accept(body);
    await eventually('the dead letter', () => so(relay.deadLetters().then((count) => count === 1)));
    const { deadLetterQueueUrl } = relay.route;
    expect(await extendedClient(['read', deadLetterQueueUrl, relay.outputs.PayloadBucketName])).toBe(body);
  });

  test('writes what the relay delivers', async () => {
    await relay.answer({ status: 200 });
    const body = large();
    const key = `payloads/interop/${randomUUID()}`;
    await extendedClient(['write', relay.route.queueUrl, relay.outputs.PayloadBucketName, key], body);
    const bodies = async () => (await relay.deliveries()).map(({ bodyBase64 }) => Buffer.from(bodyBase64, 'base64'));
    await eventually('the delivery', () =>
      so(bodies().then((seen) => seen.some((bytes) => bytes.equals(Buffer.from(body))))),
    );
  });
});
