import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = [
  process.env.CHROMIUM_PATH ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Where Chromium is on this machine; undefined where it is not. */
export const chromiumPath = places.find((path) => path !== '' && existsSync(path));

/** Whether a test that needs Chromium is to fail without it, instead of being passed over: so it is in `.ci/run`. */
export const isChromiumRequired = process.env.REQUIRE_CHROMIUM === '1';

/** It goes nowhere by itself. */
const quietFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined) {
    throw new Error('no Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH');
  }
  return chromium.launch({ executablePath: chromiumPath, args: quietFlags });
}
