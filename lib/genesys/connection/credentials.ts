import { OperatorError } from '../../operator/operator-error.ts';
import type { Ask } from '../../operator/terminal/ask.ts';
import { type GenesysRegion, parseRegion } from './region.ts';

/** An OAuth client of grant type Client Credentials, and the region that knows it. */
export interface GenesysCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly region: GenesysRegion;
}

/** Named as Genesys's own tools name them: the Terraform provider, CX as Code. */
const variables = {
  region: 'GENESYSCLOUD_REGION',
  clientId: 'GENESYSCLOUD_OAUTHCLIENT_ID',
  clientSecret: 'GENESYSCLOUD_OAUTHCLIENT_SECRET',
} as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the credentials from the environment, and asks for what is not there.
 *
 * @param ask undefined when there is nobody to ask
 * @throws OperatorError `USAGE` naming the variables that are missing, or the region that there is not
 */
export async function readCredentials(env: Environment, ask: Ask | undefined): Promise<GenesysCredentials> {
  const missing = Object.values(variables).filter((name) => !env[name]);
  if (missing.length > 0 && ask === undefined) {
    throw new OperatorError('USAGE', `set ${missing.join(', ')}: ${whatIsMissing(missing)}`);
  }
  const given = async (name: string, question: string, hidden = false): Promise<string> => {
    const answer = (env[name] || (await ask?.(question, { hidden })))?.trim();
    if (answer) return answer;
    throw new OperatorError('USAGE', `no answer: set ${name}, or try again`);
  };
  // The region comes first: whoever mistypes it should not have to give the secret twice.
  const region = parseRegion(await given(variables.region, 'Genesys region, such as mypurecloud.de: '));
  const clientId = await given(variables.clientId, 'OAuth client id: ');
  const clientSecret = await given(variables.clientSecret, 'OAuth client secret (is not shown): ', true);
  return { region, clientId, clientSecret };
}

function whatIsMissing(missing: readonly string[]): string {
  const client = 'an OAuth client with the grant type Client Credentials (Admin, Integrations, OAuth)';
  if (!missing.includes(variables.region)) return client;
  const example = 'such as mypurecloud.de';
  return missing.length === 1 ? `the region of your organisation, ${example}` : `${client} and its region, ${example}`;
}
