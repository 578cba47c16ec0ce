import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { flagsFor, relayCommand } from '../../lib/operator/connection/relay-command.ts';
import type { RelayAddress } from '../../lib/operator/connection/relay-location.ts';

describe('a command to copy', () => {
  test.each<[RelayAddress, string]>([
    [{ kind: 'local', url: 'http://127.0.0.1:3000' }, 'npx relay dlq show x --local'],
    [{ kind: 'local', url: 'http://127.0.0.1:3999' }, 'npx relay dlq show x --local http://127.0.0.1:3999'],
    [{ kind: 'stack', stackName: 'GenesysWebhookRelay' }, 'npx relay dlq show x'],
    [
      { kind: 'stack', stackName: 'Relay-Prod', region: 'eu-central-1', profile: 'on call' },
      "npx relay dlq show x --stack Relay-Prod --region eu-central-1 --profile 'on call'",
    ],
  ])('names the relay of %j as the operator did', (address, command) => {
    expect(relayCommand({ flags: flagsFor(address) }, 'dlq show', 'x')).toBe(command);
  });

  test.each(['$(touch pwned)', "it's; rm -rf .", '`id`', 'two words', '', 'a&b|c>d'])(
    'gives a shell the id %j as one word, whatever a sender put into it',
    (id) => {
      const command = relayCommand({ flags: '--local' }, 'dlq show', id).replace(/^npx relay/, 'printf "%s\\n"');

      const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });

      expect({ stdout, stderr }).toEqual({ stdout: `dlq\nshow\n${id}\n--local\n`, stderr: '' });
    },
  );

  test('shows a terminal nothing to obey', () => {
    expect(relayCommand({ flags: '' }, 'dlq show', '\u001b[2J')).toBe("npx relay dlq show '\\x1b[2J'");
  });
});
