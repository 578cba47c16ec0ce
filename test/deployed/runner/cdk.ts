import { runCommand } from './run-command.ts';

/** Where the CDK's command line deploys to, and what from. */
export interface Cdk {
  /** With what the SDK needs: endpoint, region and credentials. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

const withinMs = 600_000;

/** The command line of the project, as a customer has it. */
function run({ env, signal, onLine }: Cdk, ...args: string[]): Promise<string> {
  return runCommand({ file: 'npx', args: ['--no-install', 'cdk', ...args], env, withinMs, signal, onLine });
}

/** Renders the stack of a config into `assembly`. */
export async function synthesize(cdk: Cdk, configPath: string, assembly: string): Promise<void> {
  await run(cdk, 'synth', '--quiet', '--context', `config=${configPath}`, '--output', assembly);
}

/** @param assembly any: it is not looked at, but without one the CDK would synthesize another, into the working directory */
export async function bootstrap(cdk: Cdk, environment: string, assembly: string): Promise<void> {
  await run(cdk, 'bootstrap', environment, '--app', assembly);
}

/** Deploys what was synthesized; the stack's outputs are in `outputsPath` then. */
export async function deploy(cdk: Cdk, assembly: string, outputsPath: string): Promise<void> {
  const unattended = ['--require-approval', 'never', '--progress', 'events'];
  await run(cdk, 'deploy', '--all', '--app', assembly, ...unattended, '--outputs-file', outputsPath);
}

/** Has CloudFormation say what a deployment would change, and changes nothing. */
export async function prepareChangeSet(cdk: Cdk, assembly: string, name: string): Promise<void> {
  const only = ['--method', 'prepare-change-set', '--change-set-name', name];
  await run(cdk, 'deploy', '--all', '--app', assembly, '--require-approval', 'never', ...only);
}

export async function destroy(cdk: Cdk, assembly: string): Promise<void> {
  await run(cdk, 'destroy', '--all', '--force', '--app', assembly);
}
