import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** The CDK app failed, or was ended before it was done. */
export class SynthesisError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

const cdkJsonSchema = z.object({ context: z.record(z.string(), z.unknown()).default({}) });

/**
 * Runs the CDK app in a process of its own and leaves the cloud assembly, bundles included, in `assemblyFolder`.
 *
 * @param configPath an absolute path, read by the app instead of relay.config.ts
 * @throws SynthesisError with what the app said
 */
export async function synthesize(configPath: string, assemblyFolder: string, signal: AbortSignal): Promise<void> {
  const { context } = cdkJsonSchema.parse(JSON.parse(await readFile(`${projectRoot}cdk.json`, 'utf8')));
  signal.throwIfAborted();
  // A group of its own: the app starts bundlers, and ending it alone would leave them writing into the folder.
  const app = spawn(process.execPath, ['bin/app.ts'], {
    cwd: projectRoot,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      // Most of a second of every run but the first: the CDK library is large, and npx starts once for each bundle.
      NODE_COMPILE_CACHE: `${projectRoot}node_modules/.cache/genesys-webhook-relay`,
      // CDK compares the template with the schemas of all that AWS has, in two seconds. `npm run synth` and `cdk deploy`
      // have it do so; this one goes to no account.
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: assemblyFolder,
      // What the CDK CLI would pass: the feature flags, or another template than the deployed one comes out; the
      // config; and the wish for metadata that tells which bundle belongs to which function.
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, config: configPath, 'aws:cdk:enable-asset-metadata': true }),
    },
  });
  const endGroup = () => {
    try {
      if (app.pid !== undefined) process.kill(-app.pid, 'SIGKILL');
    } catch {
      // It had just ended by itself.
    }
  };
  signal.addEventListener('abort', endGroup);
  try {
    let said = '';
    app.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const end = await new Promise<string>((resolve) => {
      app.once('error', (error) => resolve(error.message));
      app.once('close', (code, killedBy) => resolve(killedBy ?? String(code)));
    });
    if (end !== '0') throw new SynthesisError(`the stack could not be synthesized (${end}):\n${said.trim()}`);
  } finally {
    signal.removeEventListener('abort', endGroup);
  }
}
