import { randomInt, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import * as z from 'zod';
import { parseJson } from '../../lambdas/contract/parse-json.ts';
import { listenOnLoopback } from './loopback-server.ts';
import type { SecretPlan } from './plan-stores.ts';
import { readBody } from './read-body.ts';

/** Secrets Manager in this process, in memory. */
export interface Secrets {
  readonly url: string;
  /** Generates the value, as CloudFormation does when it creates the secret. */
  createSecret(plan: SecretPlan): void;
  /** The current value; undefined for an unknown ARN. */
  valueOf(arn: string): string | undefined;
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
 * The smallest stand-in that the functions and the operator can work with, because npm has no emulator of Secrets
 * Manager. It answers `GetSecretValue` and `PutSecretValue`, by ARN, and keeps the current and the previous version:
 * every other action is refused.
 *
 * @param guard gets the server before it listens
 */
export async function emulateSecretsManager(guard: (server: Server) => void = () => {}): Promise<Secrets> {
  const secrets = new Map<string, StoredSecret>();
  const server = createServer((request, response) => {
    answer(request, secrets).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    });
  });
  guard(server);
  const { url, close } = await listenOnLoopback(server, 0);
  return {
    url,
    createSecret: (plan) => {
      secrets.set(plan.arn, { AWSCURRENT: newVersion(randomText(plan)) });
    },
    valueOf: (arn) => secrets.get(arn)?.AWSCURRENT?.value,
    close,
  };
}

function newVersion(value: string): Version {
  return { value, versionId: randomUUID(), createdAtSeconds: Math.floor(Date.now() / 1000) };
}

const stages = z.enum(['AWSCURRENT', 'AWSPREVIOUS']);
const getSchema = z.object({ SecretId: z.string(), VersionStage: stages.default('AWSCURRENT') });
const putSchema = z.object({ SecretId: z.string(), SecretString: z.string().min(1) });

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function answer(request: IncomingMessage, secrets: Map<string, StoredSecret>): Promise<Answer> {
  const body = await readBody(request);
  if (body.kind !== 'complete') return refusal('InvalidParameterException', 'the request is not whole');
  const parameters = parseJson(Buffer.from(body.bytes).toString('utf8'));
  switch (request.headers['x-amz-target']) {
    case 'secretsmanager.GetSecretValue':
      return getValue(parameters, secrets);
    case 'secretsmanager.PutSecretValue':
      return putValue(parameters, secrets);
    default:
      return refusal('UnknownOperationException', 'only GetSecretValue and PutSecretValue are emulated');
  }
}

function getValue(parameters: unknown, secrets: ReadonlyMap<string, StoredSecret>): Answer {
  const parsed = getSchema.safeParse(parameters);
  if (!parsed.success) return refusal('InvalidParameterException', 'SecretId is missing, or VersionStage unknown');
  const { SecretId, VersionStage } = parsed.data;
  const version = secrets.get(SecretId)?.[VersionStage];
  if (version === undefined) return notFound(SecretId, VersionStage);
  const { value, createdAtSeconds } = version;
  const body = { ...described(SecretId, VersionStage, version), SecretString: value, CreatedDate: createdAtSeconds };
  return { status: 200, body };
}

function putValue(parameters: unknown, secrets: Map<string, StoredSecret>): Answer {
  const parsed = putSchema.safeParse(parameters);
  if (!parsed.success) return refusal('InvalidParameterException', 'SecretId or SecretString is missing');
  const { SecretId, SecretString } = parsed.data;
  const replaced = secrets.get(SecretId)?.AWSCURRENT;
  if (replaced === undefined) return notFound(SecretId, 'AWSCURRENT');
  const version = newVersion(SecretString);
  secrets.set(SecretId, { AWSCURRENT: version, AWSPREVIOUS: replaced });
  return { status: 200, body: described(SecretId, 'AWSCURRENT', version) };
}

function described(arn: string, stage: string, { versionId }: Version): object {
  return { ARN: arn, Name: arn.split(':').at(-1), VersionId: versionId, VersionStages: [stage] };
}

function notFound(arn: string, stage: string): Answer {
  return refusal('ResourceNotFoundException', `Secrets Manager can't find ${stage} of ${arn}`);
}

function refusal(type: string, message: string): Answer {
  return { status: 400, body: { __type: type, message } };
}

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits satisfy every `GenerateSecretString`, whether it allows punctuation or not. */
function randomText({ length, excludedCharacters }: SecretPlan): string {
  const allowed = [...lettersAndDigits].filter((character) => !excludedCharacters.includes(character));
  return Array.from({ length }, () => allowed[randomInt(allowed.length)] ?? '').join('');
}
