/**
 * Padded base64 with nothing beside it; undefined for anything else. Node's own decoder reads whatever it is given, so
 * that many texts would be the same secret.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.byteLength > 0 && bytes.toString('base64') === text ? bytes : undefined;
}
