// The real server of Redux DevTools in a process of its own: on a free port of 127.0.0.1, and
// without the database of its bug reports, which would have to be compiled.
//
// It tells its parent the port, and ends with it.
import http from 'node:http'
import Module from 'node:module'
import net from 'node:net'

process.on('disconnect', () => process.exit())
const port = await freePort()
listenOnLoopbackOnly()
withoutSqlite()
const { default: start } = await import('@redux-devtools/cli')
await start({ port, logLevel: 1, dbOptions: { client: 'sqlite3', connection: ':memory:', useNullAsDefault: true, migrate: false } })

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return port
}

// The server's own option for the address has no effect: it listens on all of them.
function listenOnLoopbackOnly() {
  const listen = http.Server.prototype.listen
  http.Server.prototype.listen = function (port) {
    this.once('listening', () => process.send({ port }))
    return listen.call(this, port, '127.0.0.1')
  }
}

// Nothing here writes or reads a report: every query finds nothing.
function withoutSqlite() {
  const answer = (args, ...result) => setImmediate(() => args.findLast((it) => typeof it === 'function')?.(...result))
  class Database {
    constructor(...args) { answer(args, null) }
    all(...args) { answer(args, null, []) }
    run(...args) { answer(args, null) }
    close(...args) { answer(args, null) }
    on() {}
  }
  const load = Module._load
  Module._load = function (name, ...rest) {
    return name === 'sqlite3' ? { Database } : load.call(this, name, ...rest)
  }
}
