import type { Server } from 'node:http';

/**
 * Makes a server answer later than it could: an emulator in the next process is many times faster than a service in the
 * same region, and what is done beside a call would look as much larger.
 *
 * @param delayMs asked for each request
 */
export function answerAfter(server: Server, delayMs: () => number): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const pass = () => {
      for (const listener of listeners) listener.call(server, request, response);
    };
    const ms = delayMs();
    if (ms === 0) pass();
    else setTimeout(pass, ms);
  });
}
