import { defineRelay } from './lib/infra/relay-config.ts';

export default defineRelay({
  routes: {
    'open-messaging': {
      verify: { kind: 'open-messaging' },
      deliverTo: { url: 'https://your-endpoint.invalid/genesys/events' },
    },
  },
});
