import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * What the bundles have in place of `@aws-sdk/credential-provider-node`: Lambda puts a function's credentials into its
 * environment, where that chain would look first, too. They are valid for as long as the environment is in use.
 */
export const defaultProvider = fromEnv;
