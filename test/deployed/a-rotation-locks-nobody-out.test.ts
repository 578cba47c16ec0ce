import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod';
import { signRequest } from '../../lib/local/sign-request.ts';
import { type DeployedRelay, deployedRelay } from './support/deployed-relay.ts';

// Another suite sends to this route meanwhile: whichever of the two secrets it has read, it is let in.
let relay: DeployedRelay;
beforeAll(() => {
  relay = deployedRelay('signed');
});
afterAll(() => relay.close());

const shownSchema = z.object({ current: z.object({ value: z.string() }) });
const rotatedSchema = z.object({ secret: z.string() });

function postSignedWith(secret: string, id: string) {
  const body = JSON.stringify({ type: 'Text', id, channel: { id: 'rotation' } });
  return relay.post(body, signRequest({ kind: 'open-messaging' }, secret, Buffer.from(body)));
}

test('the old secret and the new one are accepted from the moment of a rotation, and no other', async () => {
  const { current } = shownSchema.parse(await relay.operate('secret', 'show', 'signed'));
  const old = current.value;
  expect(await postSignedWith(old, 'before')).toMatchObject({ status: 200 });
  const { secret } = rotatedSchema.parse(await relay.operate('secret', 'rotate', 'signed', '--yes'));
  expect(secret).not.toBe(old);
  // The function has read the old one only, and reads again for the first signature that does not match.
  expect(await postSignedWith(secret, 'new')).toMatchObject({ status: 200 });
  expect(await postSignedWith(old, 'old')).toMatchObject({ status: 200 });
  expect(await postSignedWith(`${secret}x`, 'forged')).toMatchObject({ status: 401 });
});
