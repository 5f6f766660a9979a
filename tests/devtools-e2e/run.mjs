#!/usr/bin/env node
// node run.mjs PROGRAM [PICTURES]
//
// Runs PROGRAM, the posts example, with the real Redux DevTools: every step does something on their
// page, and looks at what the page shows and what the process prints. Pictures of the page go to the
// folder PICTURES, `out` beside this file by default.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startChromium } from './lib/chromium.mjs'
import { DevTools } from './lib/devtools.mjs'
import { Posts } from './lib/posts.mjs'
import { startServer } from './lib/server.mjs'
import { STEPS } from './lib/steps.mjs'

const [program, pictures = path.join(import.meta.dirname, 'out')] = process.argv.slice(2)
if (!program) {
  console.error('usage: run.mjs PROGRAM [PICTURES]')
  process.exit(2)
}
fs.mkdirSync(pictures, { recursive: true })
const files = fs.mkdtempSync(path.join(os.tmpdir(), 'retake-devtools-'))
const inFiles = (name) => path.join(files, name)
const open = []

try {
  const started = Date.now()
  const server = await startServer()
  open.push(() => server.stop())
  const url = `ws://127.0.0.1:${server.port}/socketcluster/`
  const posts = new Posts(program, ['--devtools', url, '--stay', '--log', inFiles('posts.ndjson')])
  open.push(() => posts.kill())
  const browser = await startChromium()
  open.push(() => browser.close())
  const devtools = await DevTools.open(browser, server.port)
  console.log(`ready after ${Date.now() - started} ms`)

  await steps({ posts, devtools, inFiles, picture: (name) => devtools.picture(path.join(pictures, `${name}.png`)) })
} finally {
  for (const close of open.reverse()) await close()
  fs.rmSync(files, { recursive: true })
}

/// Runs every step; the first that fails is the last.
async function steps(cx) {
  for (const [name, step] of STEPS) {
    const started = Date.now()
    try {
      await step(cx)
      assert.deepEqual(cx.devtools.errors, [], 'errors of the page')
    } catch (error) {
      console.log(`FAILED ${name}: ${error.message}\n\nthe process printed at the end:`)
      console.log(cx.posts.lines.slice(-20).join('\n'))
      await cx.picture('failed')
      console.log(`the page: ${path.join(pictures, 'failed.png')}`)
      process.exitCode = 1
      return
    }
    console.log(`ok ${String(Date.now() - started).padStart(6)} ms  ${name}`)
  }
  console.log(`${STEPS.length} steps passed`)
}
