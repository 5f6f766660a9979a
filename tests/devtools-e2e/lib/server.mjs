// Starting the real server of Redux DevTools.
import { fork } from 'node:child_process'

/// Starts the server and returns its port, and what stops it.
export async function startServer() {
  const child = fork(new URL('../server.mjs', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const port = await new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message.port))
    child.once('exit', (code) => reject(new Error(`the DevTools server ended with ${code} before it listened`)))
  })
  return { port, stop: () => child.disconnect() }
}
