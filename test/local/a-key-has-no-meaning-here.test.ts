import { expect, test } from '@jest/globals';
import { nameResources } from '../../lib/local/name-resources.ts';
import { planStores } from '../../lib/local/plan-stores.ts';
import { parseTemplate } from '../../lib/local/template.ts';
import { synthesize, twoRoutes } from '../support/synthesized-stack.ts';

/** What the local run makes of a stack's stores. */
function storesOf(encryption: 'aws' | 'kms') {
  const template = parseTemplate(synthesize({ ...twoRoutes, encryption }).toJSON());
  const scope = nameResources(template, { front: 'http://127.0.0.1:8080', sqs: 'http://127.0.0.1:4566' });
  return planStores({ template, scope });
}

test('a stack with a key of the account has the same stores on one machine as one without', () => {
  const encrypted = storesOf('kms');
  expect(encrypted.queues).toHaveLength(4);
  const plain = storesOf('aws');
  const queues = plain.queues.map(({ attributes: { SqsManagedSseEnabled: _, ...attributes }, ...queue }) => ({
    ...queue,
    attributes,
  }));
  expect(encrypted).toEqual({ ...plain, queues });
});
