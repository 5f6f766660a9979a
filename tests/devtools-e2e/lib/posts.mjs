// The posts example as a process: what it prints, line by line.
import { spawn } from 'node:child_process'
import readline from 'node:readline'
import { until } from './wait.mjs'

const ACTION = /^ *(\d+) +\d+ ms  (\S+)/
const SCREEN = 'shows '

export class Posts {
  /// Starts the program `path`.
  constructor(path, args) {
    this.lines = []
    this.exit = undefined
    this.child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      readline.createInterface({ input: stream }).on('line', (line) => this.lines.push(line))
    }
    this.child.on('error', (error) => { this.exit = String(error) })
    this.child.on('close', (code, signal) => { this.exit = code ?? signal })
  }

  /// Returns the types of the actions so far, in order.
  actions() {
    return this.lines.map((line) => ACTION.exec(line)?.[2]).filter((type) => type)
  }

  /// Returns what is on the screen of the process.
  screen() {
    const line = this.lines.findLast((line) => line.startsWith(SCREEN))
    return line && JSON.parse(line.slice(SCREEN.length))
  }

  /// Waits for what `look` finds; gives up at once when the process has ended.
  async until(what, look) {
    await until(what, () => this.exit !== undefined || look(this))
    if (this.exit !== undefined) throw new Error(`posts ended with ${this.exit} before ${what}`)
  }

  /// Presses ctrl-c, waits until the process has ended, and returns with what.
  async stop() {
    this.child.kill('SIGINT')
    await until('the end of posts', () => this.exit !== undefined)
    return this.exit
  }

  /// Ends the process if it still runs.
  kill() {
    this.child.kill('SIGKILL')
  }
}
