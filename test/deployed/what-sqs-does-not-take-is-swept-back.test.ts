import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeVariables, functionOf } from './support/deployed-functions.ts';
import { type DeployedRelay, deployedRelay, eventually, so } from './support/deployed-relay.ts';

let relay: DeployedRelay;
const s3 = new S3Client({ forcePathStyle: true });
beforeAll(() => {
  relay = deployedRelay('spilled');
});
afterAll(() => {
  relay.close();
  s3.destroy();
});

async function spilled(): Promise<number> {
  const { KeyCount = 0 } = await s3.send(
    new ListObjectsV2Command({ Bucket: relay.outputs.PayloadBucketName, Prefix: 'spill/' }),
  );
  return KeyCount;
}

test('a webhook whose queue cannot be used is accepted, kept in the bucket, and delivered when it can', async () => {
  const restore = await changeVariables(await functionOf(relay, 'IngestFunction'), ({ ROUTES = '{}', ...others }) => {
    const routes = JSON.parse(ROUTES);
    // The other routes' suites run meanwhile, and see nothing of it.
    const broken = { ...routes, spilled: { ...routes.spilled, queueUrl: `${routes.spilled.queueUrl}-gone` } };
    return { ...others, ROUTES: JSON.stringify(broken) };
  });
  try {
    const eventId = await eventually('a webhook is spilled', async () => {
      const id = await relay.accept(JSON.stringify({ atMs: Date.now() }));
      return (await spilled()) > 0 ? id : undefined;
    });
    // The sweeper knows the right queue: it needs nobody to mend the ingest function.
    await eventually('the delivery', () => so(relay.deliveriesOf(eventId).then(({ length }) => length === 1)), 150_000);
    await eventually('the bucket is swept', () => so(spilled().then((left) => left === 0)));
    expect(await relay.deliveriesOf(eventId)).toHaveLength(1);
  } finally {
    await restore();
  }
}, 300_000);
