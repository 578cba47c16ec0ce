import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildConversationDetail } from './build-conversation-detail.ts';

const usage = 'usage: npx node samples/make-analytics-conversation-detail.ts [--kilobytes N] [--output FILE]';

/** API Gateway takes no body over 10 MB, so a larger one could not be sent anywhere. */
const mostKilobytes = 10_000;

try {
  const { kilobytes, output } = readArguments();
  // Compact, as the API answers: pretty-printed it would be nearly twice the size that was asked for.
  const json = JSON.stringify(buildConversationDetail(kilobytes * 1024));
  writeFileSync(output, json);
  console.log(`${output} (${Buffer.byteLength(json)} bytes)`);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exitCode = 1;
}

/** @throws Error for an unknown option or a size that is not a whole number in range. */
function readArguments(): { kilobytes: number; output: string } {
  const { values } = parseArgs({
    options: {
      kilobytes: { type: 'string', default: '320' },
      output: { type: 'string', default: fileURLToPath(import.meta.resolve('./analytics-conversation-detail.json')) },
    },
  });
  const kilobytes = Number(values.kilobytes);
  if (!Number.isInteger(kilobytes) || kilobytes < 1 || kilobytes > mostKilobytes) {
    throw new Error(`--kilobytes is "${values.kilobytes}": give a whole number from 1 to ${mostKilobytes}`);
  }
  return { kilobytes, output: values.output };
}
