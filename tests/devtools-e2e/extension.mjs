#!/usr/bin/env node
// node extension.mjs FOLDER
//
// Runs the page in FOLDER, a store compiled to wasm, with what the browser extension of Redux DevTools
// puts into pages. The extension itself is not there: the test plays its part, with the functions that
// it has, and so shows what it would be told and what becomes of what it says.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { startChromium } from './lib/chromium.mjs'
import { untilEqual } from './lib/wait.mjs'

const folder = process.argv[2]
if (!folder) {
  console.error('usage: extension.mjs FOLDER')
  process.exit(2)
}

const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' }
const server = http.createServer((request, response) => {
  const file = path.join(folder, path.basename(request.url))
  if (request.url === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html>')
  if (!fs.existsSync(file)) return response.writeHead(404).end()
  response.setHeader('content-type', TYPES[path.extname(file)] ?? 'text/plain')
  fs.createReadStream(file).pipe(response)
})
server.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const browser = await startChromium()
try {
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.evaluate(async () => {
    const wasm = await import('/extension_page.js')
    await wasm.default()
    window.counter = new wasm.Page()
  })
  await withoutExtension(page)
  await page.evaluate(installExtension)
  await shows(page)
  await obeys(page)
  await survives(page)
  await disconnects(page)
  console.log('the page and the extension understand each other')
} finally {
  await browser.close()
  server.close()
}

/// Puts an extension into the page that writes down what it is told.
function installExtension() {
  const told = (window.told = { options: [], inits: 0, sent: [], errors: [], listeners: new Set() })
  window.say = (message) => told.listeners.forEach((listener) => listener({ id: '1', source: '@devtools-extension', ...message }))
  window.__REDUX_DEVTOOLS_EXTENSION__ = {
    connect(options) {
      told.options.push(options)
      return {
        init: () => { told.inits += 1 },
        send: (action, state) => {
          if (told.isBroken) throw new Error('broken')
          told.sent.push({ action, state })
        },
        error: (text) => told.errors.push(text),
        subscribe(listener) {
          told.listeners.add(listener)
          return () => told.listeners.delete(listener)
        },
      }
    },
  }
}

async function withoutExtension(page) {
  const why = await page.evaluate(() => {
    try {
      window.counter.connect()
    } catch (error) {
      return error.message
    }
  })
  assert.match(why, /^there is no Redux DevTools extension here/)
  assert.equal(await page.evaluate(() => (window.counter.add(1), window.counter.value())), 1)
}

/// Returns what was sent last: the states, and which one is looked at.
async function shown(page) {
  const { action, state } = await page.evaluate(() => window.told.sent.at(-1))
  assert.equal(action, null)
  return [state.computedStates.map((it) => it.state.counter.value), state.currentStateIndex]
}

async function shows(page) {
  await page.evaluate(() => window.counter.connect())
  assert.deepEqual(await shown(page), [[0, 1], 1])
  const { options, inits } = await page.evaluate(() => ({ options: window.told.options, inits: window.told.inits }))
  assert.deepEqual([options.length, options[0].name, options[0].features.import, inits], [1, 'counter', 'custom', 0])

  // What happens at once is told once.
  const before = await page.evaluate(() => {
    window.counter.add(2)
    window.counter.add(3)
    return window.told.sent.length
  })
  await untilEqual('the new states', [[0, 1, 3, 6], 3], () => shown(page))
  assert.equal(await page.evaluate(() => window.told.sent.length), before + 1)
}

/// Lets the extension say something; returns the value of the counter then.
async function say(page, message) {
  return page.evaluate((message) => (window.say(message), window.counter.value()), message)
}

async function press(page, payload) {
  return say(page, { type: 'DISPATCH', payload })
}

async function obeys(page) {
  assert.equal(await press(page, { type: 'JUMP_TO_ACTION', actionId: 1 }), 1)
  assert.deepEqual(await shown(page), [[0, 1, 3, 6], 1])
  assert.equal(await press(page, { type: 'JUMP_TO_STATE', index: 3 }), 6)
  assert.equal(await press(page, { type: 'TOGGLE_ACTION', id: 2 }), 4)
  assert.deepEqual(await shown(page), [[0, 1, 1, 4], 3])
  assert.equal(await say(page, { type: 'ACTION', payload: "{ type: 'counter/added', payload: 5 }" }), 9)
  const exported = await page.evaluate(() => window.told.sent.at(-1).state)
  assert.equal(await press(page, { type: 'COMMIT', timestamp: 1 }), 9)
  assert.deepEqual(await shown(page), [[9], 0])
  assert.equal(await press(page, { type: 'IMPORT_STATE', nextLiftedState: exported }), 9)
  assert.deepEqual(await shown(page), [[0, 1, 1, 4, 9], 4])
  assert.deepEqual(await page.evaluate(() => window.told.errors), [])
}

/// What cannot be done is told to the user, and an extension that throws is not in the way.
async function survives(page) {
  assert.equal(await say(page, { type: 'ACTION', payload: "{ type: 'unknown' }" }), 9)
  const errors = await page.evaluate(() => window.told.errors)
  assert.ok(errors.length === 1 && errors[0].includes('`unknown`'), errors.join())
  assert.equal(await say(page, { type: 'OPTIONS', options: {} }), 9)
  await page.evaluate(() => {
    window.told.isBroken = true
    window.counter.add(1)
  })
  await page.evaluate(() => { window.told.isBroken = false })
  assert.equal(await press(page, { type: 'JUMP_TO_STATE', index: 0 }), 0)
}

async function disconnects(page) {
  const sent = await page.evaluate(async () => {
    window.counter.add(1)
    window.counter.disconnect()
    const before = window.told.sent.length
    window.counter.add(1)
    await new Promise((resolve) => setTimeout(resolve, 0))
    return window.told.sent.length - before
  })
  assert.equal(sent, 0)
  assert.equal(await page.evaluate(() => window.told.listeners.size), 0)
}
