// Headless Chromium, as the system has it.
import fs from 'node:fs'
import { chromium } from 'playwright-core'

const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync', '--disable-quic',
  '--disable-background-networking', '--disable-component-update',
]

/// Starts Chromium; the environment variable `CHROMIUM` says where another one is.
export async function startChromium() {
  const executablePath = PLACES.find((path) => path && fs.existsSync(path))
  if (!executablePath) {
    throw new Error('there is no Chromium: install it (apt-get install chromium), or set CHROMIUM to its path')
  }
  return chromium.launch({ executablePath, headless: true, args: FLAGS })
}
