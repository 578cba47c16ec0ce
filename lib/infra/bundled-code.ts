import { execFileSync } from 'node:child_process';
import { execPath } from 'node:process';
import { AssetHashType, DockerImage, type ILocalBundling } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { projectRoot } from '../bundle/bundle-options.ts';
import type { FunctionStep } from '../bundle/function-steps.ts';

/**
 * A function's bundle (lib/bundle). CDK's own `NodejsFunction` makes one file of a function, and what only some requests
 * need would be read by every cold start.
 */
export function bundledCode(step: FunctionStep): Code {
  return Code.fromAsset(`${projectRoot}lambdas`, {
    // By what came out: a change that no bundle sees, to a comment or to another function, deploys nothing.
    assetHashType: AssetHashType.OUTPUT,
    // The image would be what bundles if this machine could not.
    bundling: { image: DockerImage.fromRegistry('none'), local: new LocalBundling(step) },
  });
}

/** The step is a property so that CDK, which makes each asset once, can tell one function's bundle from another's. */
class LocalBundling implements ILocalBundling {
  private readonly step: FunctionStep;

  constructor(step: FunctionStep) {
    this.step = step;
  }

  tryBundle(outputFolder: string): boolean {
    // CDK does not wait for promises, and esbuild's synchronous API knows no plugins.
    execFileSync(execPath, [`${projectRoot}bin/bundle.ts`, this.step, outputFolder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return true;
  }
}
