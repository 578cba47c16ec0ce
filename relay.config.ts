import { defineRelay } from './lib/infra/relay-config.ts';

export default defineRelay({
  routes: {
    'open-messaging': {
      verify: { kind: 'open-messaging' },
      deliverTo: { url: 'https://example.com/genesys/events' },
    },
  },
});
