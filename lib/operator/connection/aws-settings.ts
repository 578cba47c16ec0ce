/** Where a client of the SDK looks, and as whom: what is not given is left to the SDK, which finds it as the AWS CLI does. */
export function awsSettings({
  region,
  profile,
}: {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}): { readonly region?: string; readonly profile?: string } {
  return {
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  };
}
