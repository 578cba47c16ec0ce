import { App } from 'aws-cdk-lib';
import { ConfigError } from '../lib/infra/config-error.ts';
import { defaultConfigPath, loadRelayConfig } from '../lib/infra/load-relay-config.ts';
import { RelayStack } from '../lib/infra/relay-stack.ts';

const app = new App();
const configPath: unknown = app.node.tryGetContext('config');

try {
  const config = await loadRelayConfig(typeof configPath === 'string' ? configPath : defaultConfigPath);
  // Account and region are those of the credentials at deployment: one assembly serves any of them.
  new RelayStack(app, config.stackName, { config });
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`relay: ${error.message}`);
  process.exitCode = 1;
}
