import { expect, test } from '@jest/globals';
import { parseRelayConfig } from '../../lib/infra/relay-config.ts';
import { redirectDeliveries } from '../../lib/local/redirect-deliveries.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:crm/token-a1B2c3';

test('a header that is a secret has a stand-in in the local run, and every other one stays', () => {
  const config = parseRelayConfig(
    {
      routes: {
        orders: {
          verify: { kind: 'open-messaging' },
          deliverTo: { url: 'https://crm.example', headers: { authorization: { secretArn }, 'x-tenant': '7' } },
        },
      },
    },
    'c.ts',
  );
  const { deliverTo } = redirectDeliveries(config, () => 'http://127.0.0.1:4000').routes.orders ?? {};
  expect(deliverTo).toMatchObject({
    url: 'http://127.0.0.1:4000',
    allowPrivateNetwork: true,
    headers: { authorization: 'secret-of-the-deployed-relay', 'x-tenant': '7' },
  });
  expect(config.routes.orders?.deliverTo.headers).toMatchObject({ authorization: { secretArn } });
});
