import { randomInt, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { parseJson } from '../../lambdas/contract/parse-json.ts';
import { serveOnLoopback } from './loopback-server.ts';
import type { SecretPlan } from './plan-stores.ts';
import { readBody } from './read-body.ts';

/** Secrets Manager in this process, in memory. */
export interface Secrets {
  readonly url: string;
  /** Generates the value, as CloudFormation does when it creates the secret. */
  createSecret(plan: SecretPlan): void;
  /** The current value; undefined for an unknown ARN. */
  valueOf(arn: string): string | undefined;
  /** Makes the value the current one, and what was current the previous one, as `PutSecretValue` does. */
  rotateSecret(arn: string, value: string): void;
  close(): Promise<void>;
}

interface Version {
  readonly value: string;
  readonly versionId: string;
  readonly createdAtSeconds: number;
}

/** Versions by their stage: there is no `AWSPREVIOUS` before the first rotation. */
type StoredSecret = Readonly<Record<string, Version>>;

/**
 * The smallest stand-in that the relay's functions can work with, because npm has no emulator of Secrets Manager. All
 * it does is answer `GetSecretValue`, by ARN, for the current and the previous version: every other action is refused.
 */
export async function emulateSecretsManager(): Promise<Secrets> {
  const secrets = new Map<string, StoredSecret>();
  const { url, close } = await serveOnLoopback((request, response) => {
    answer(request, secrets).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    });
  });
  return {
    url,
    createSecret: (plan) => {
      secrets.set(plan.arn, { AWSCURRENT: newVersion(randomText(plan)) });
    },
    valueOf: (arn) => secrets.get(arn)?.AWSCURRENT?.value,
    rotateSecret: (arn, value) => {
      const { AWSCURRENT: replaced } = secrets.get(arn) ?? {};
      if (replaced === undefined) throw new Error(`there is no secret ${arn}`);
      secrets.set(arn, { AWSCURRENT: newVersion(value), AWSPREVIOUS: replaced });
    },
    close,
  };
}

function newVersion(value: string): Version {
  return { value, versionId: randomUUID(), createdAtSeconds: Math.floor(Date.now() / 1000) };
}

const stages = z.enum(['AWSCURRENT', 'AWSPREVIOUS']);
const requestSchema = z.object({ SecretId: z.string(), VersionStage: stages.default('AWSCURRENT') });

async function answer(
  request: IncomingMessage,
  secrets: ReadonlyMap<string, StoredSecret>,
): Promise<{ status: number; body: object }> {
  const body = await readBody(request);
  if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue' || body.kind !== 'complete') {
    return refusal('UnknownOperationException', 'only GetSecretValue is emulated');
  }
  const parsed = requestSchema.safeParse(parseJson(Buffer.from(body.bytes).toString('utf8')));
  if (!parsed.success) return refusal('InvalidParameterException', 'SecretId is missing, or VersionStage unknown');
  const { SecretId, VersionStage } = parsed.data;
  const version = secrets.get(SecretId)?.[VersionStage];
  if (version === undefined) {
    return refusal('ResourceNotFoundException', `Secrets Manager can't find ${VersionStage} of ${SecretId}`);
  }
  return {
    status: 200,
    body: {
      ARN: SecretId,
      Name: SecretId.split(':').at(-1),
      SecretString: version.value,
      VersionId: version.versionId,
      VersionStages: [VersionStage],
      CreatedDate: version.createdAtSeconds,
    },
  };
}

function refusal(type: string, message: string): { status: number; body: object } {
  return { status: 400, body: { __type: type, message } };
}

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits satisfy every `GenerateSecretString`, whether it allows punctuation or not. */
function randomText({ length, excludedCharacters }: SecretPlan): string {
  const allowed = [...lettersAndDigits].filter((character) => !excludedCharacters.includes(character));
  return Array.from({ length }, () => allowed[randomInt(allowed.length)] ?? '').join('');
}
