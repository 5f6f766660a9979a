// What is done on the page, in order, and what has to come of it.
//
// Each step leaves all actions in the list and the last state on the screen, unless it says so.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { until, untilEqual } from './wait.mjs'

const TITLES = ['State is data!', 'Change is a pure function!', 'Actions are a log!', 'A cache is state too!', 'Optimism needs an undo!']
const WITH_STATE = ['State is data!', 'A cache is state too!']

/// The name of each step, and the step.
export const STEPS = [
  ['the page lists the actions of the process', listsActions],
  ['a jump changes the state of the process', jumps],
  ['what is skipped did not happen', skips],
  ['actions in another order lead to another state', reorders],
  ['the RTK Query panel shows entries, tags and subscriptions', showsCache],
  ['a locked process refuses actions', locks],
  ['an action of the dispatcher is dispatched by the process', dispatches],
  ['a page that is loaded again shows the same', reloads],
  ['sweeping removes what is skipped', sweeps],
  ['a commit forgets the actions and keeps the state', commits],
  ['an imported file brings them back', imports],
  ['while recording is paused, the list stays', pauses],
  ['reverting goes to the committed state', reverts],
  ['resetting goes to the first state', resets],
  ['ctrl-c ends the process, and its log replays', ends],
]

async function listsActions({ posts, devtools, picture }) {
  await posts.until('a screen', () => posts.screen())
  await devtools.openState()
  await untilListed({ posts, devtools })
  const { titles, open } = posts.screen()
  assert.deepEqual([titles, open.likes], [TITLES, 5])
  const state = await devtools.state()
  assert.deepEqual(state.posts.queries['getPost(1)'].data, open)
  await picture('actions')
}

async function jumps({ posts, devtools, picture }) {
  const last = (await devtools.actions()).length - 1
  const typed = await idOf(devtools, 'filter/textChanged')
  await devtools.jump(typed)
  await untilScreen(posts, { filter: 'STATE', titles: WITH_STATE })
  assert.deepEqual(await devtools.position(), { index: typed, type: 'filter/textChanged' })
  assert.equal((await devtools.state()).filter.text, 'STATE')
  await picture('jump')

  await devtools.slideTo(0)
  await untilScreen(posts, { filter: '', titles: [] })
  assert.deepEqual((await devtools.state()).posts.queries, {})
  await devtools.jump(last)
  await untilScreen(posts, { filter: '', titles: TITLES })
}

async function skips({ posts, devtools, picture }) {
  const cleared = await idOf(devtools, 'filter/cleared')
  await devtools.toggle(cleared)
  await untilScreen(posts, { filter: 'STATE', titles: WITH_STATE })
  const skipped = async () => (await devtools.actions()).filter((it) => it.isSkipped).map((it) => it.id)
  await untilEqual('the skipped action', [cleared], skipped)
  await untilEqual('the state without it', 'STATE', async () => (await devtools.state()).filter.text)
  await picture('skip')

  await devtools.toggle(cleared)
  await untilScreen(posts, { filter: '', titles: TITLES })
  await untilEqual('no skipped action', [], skipped)
}

async function reorders({ posts, devtools }) {
  const [typed, cleared] = [await idOf(devtools, 'filter/textChanged'), await idOf(devtools, 'filter/cleared')]
  const order = async () => (await devtools.actions()).map((it) => it.id).filter((id) => [typed, cleared].includes(id))
  const ids = (await devtools.actions()).map((it) => it.id)
  const distance = ids.indexOf(cleared) - ids.indexOf(typed)
  await devtools.moveUp(cleared, distance)
  await untilScreen(posts, { filter: 'STATE', titles: WITH_STATE })
  await untilEqual('the other order', [cleared, typed], order)

  await devtools.moveUp(typed, 1)
  await untilScreen(posts, { filter: '', titles: TITLES })
  await untilEqual('the order from before', [typed, cleared], order)
}

async function showsCache({ posts, devtools, picture }) {
  const { subscriptions } = (await devtools.state()).posts
  await devtools.openMonitor('RTK Query')
  const queries = async () => {
    const entries = Object.entries(await devtools.entries())
    return Object.fromEntries(entries.filter(([key]) => key.includes('(')).sort())
  }
  await untilEqual('the entries', { 'getPost(1)': 'fulfilled', 'listPosts(undefined)': 'fulfilled' }, queries)

  await devtools.selectEntry('getPost(1)')
  const tabs = await devtools.tabs()
  assert.ok(tabs.includes('Tags(1)') && tabs.includes('Subs(1)'), tabs.join())
  const data = await devtools.openTab('Data')
  assert.ok(data.includes('id:1') && data.includes('title:"State is data"'), data.join())
  assert.deepEqual(await devtools.openTab('Tags'), ['0', 'type:"Post"', 'id:"1"'])
  await picture('rtk-query-tags')
  assert.deepEqual(await devtools.openTab('Subs'), Object.keys(subscriptions['getPost(1)']))
  const query = await devtools.openTab('Query')
  assert.ok(query.includes('isSuccess:true') && query.some((line) => line.startsWith('duration:"')), query.join())
  await picture('rtk-query')

  await devtools.selectEntry('listPosts(undefined)')
  await until('the tags of the list', async () => (await devtools.tabs()).includes('Tags(6)'))
  await devtools.openMonitor('Inspector')
  await devtools.openState()
  await untilListed({ posts, devtools })
}

async function locks({ posts, devtools }) {
  const before = (await devtools.actions()).length
  await devtools.press('Lock changes')
  await until('the button of a locked process', () => devtools.hasButton('Unlock changes'))
  await devtools.dispatch(`{ type: 'filter/textChanged', payload: 'locked' }`)
  await devtools.press('Unlock changes')
  await until('the button of a process that is not locked', () => devtools.hasButton('Lock changes'))
  await devtools.dispatch(`{ type: 'filter/textChanged', payload: 'cache' }`)
  await untilScreen(posts, { filter: 'cache', titles: ['A cache is state too!'] })
  await untilEqual('one action more', before + 1, async () => (await devtools.actions()).length)
}

async function dispatches({ posts, devtools, picture }) {
  await devtools.dispatch(`{"type": "filter/cleared"}`)
  await untilScreen(posts, { filter: '', titles: TITLES })
  await picture('dispatcher')
}

async function reloads({ devtools }) {
  const before = await devtools.actions()
  await devtools.reload()
  await untilEqual('the list', before, () => devtools.actions())
  await devtools.openState()
}

async function sweeps({ posts, devtools }) {
  const before = (await devtools.actions()).map((it) => it.id)
  const last = before.at(-1)
  await devtools.toggle(last)
  await untilScreen(posts, { filter: 'cache', titles: ['A cache is state too!'] })
  await devtools.press('Sweep')
  await untilEqual('the list without it', before.slice(0, -1), async () => (await devtools.actions()).map((it) => it.id))
}

/// Leaves the list empty, and what was there in a file.
async function commits({ posts, devtools, inFiles }) {
  await devtools.exportTo(inFiles('history.json'))
  const before = posts.screen()
  await devtools.press('Commit')
  await untilEqual('the list', ['@@INIT'], () => typesOf(devtools))
  assert.equal((await devtools.state()).filter.text, 'cache')
  await devtools.dispatch(`{ type: 'filter/cleared' }`)
  await untilScreen(posts, { ...before, filter: '', titles: TITLES })
  await untilEqual('a new list', ['@@INIT', 'filter/cleared'], () => typesOf(devtools))
}

async function imports({ posts, devtools, inFiles }) {
  const { stagedActionIds, actionsById } = JSON.parse(fs.readFileSync(inFiles('history.json')))
  const exported = stagedActionIds.map((id) => actionsById[id].action.type)
  await devtools.importFrom(inFiles('history.json'))
  await untilEqual('the exported list', exported, () => typesOf(devtools))
  await untilScreen(posts, { filter: 'cache', titles: ['A cache is state too!'] })

  const list = await idOf(devtools, 'posts/executeQuery/fulfilled')
  await devtools.jump(list)
  await until('the titles of an imported state', () => posts.screen().titles[0] === 'State is plain data')
  await devtools.jump(stagedActionIds.at(-1))
  await untilScreen(posts, { filter: 'cache', titles: ['A cache is state too!'] })
}

/// Leaves the list empty.
async function pauses({ posts, devtools }) {
  const before = await typesOf(devtools)
  await devtools.press('Pause recording')
  await until('the button of a paused process', () => devtools.hasButton('Start recording'))
  await untilEqual('a step for the pause', [...before, '@@PAUSED'], () => typesOf(devtools))
  await devtools.dispatch(`{ type: 'filter/cleared' }`)
  await untilScreen(posts, { filter: '', titles: TITLES })
  assert.deepEqual(await typesOf(devtools), [...before, '@@PAUSED'])
  await devtools.press('Start recording')
  await untilEqual('a list that begins there', ['@@INIT'], () => typesOf(devtools))
  assert.equal((await devtools.state()).filter.text, '')
}

async function reverts({ posts, devtools }) {
  await devtools.dispatch(`{ type: 'filter/textChanged', payload: 'undo' }`)
  await untilScreen(posts, { filter: 'undo', titles: ['Optimism needs an undo!'] })
  await devtools.press('Revert')
  await untilScreen(posts, { filter: '', titles: TITLES })
  await untilEqual('an empty list', ['@@INIT'], () => typesOf(devtools))
}

/// Leaves nothing on the screen.
async function resets({ posts, devtools }) {
  await devtools.press('Reset')
  await untilScreen(posts, { filter: '', titles: [], open: null })
  assert.deepEqual(await typesOf(devtools), ['@@INIT'])
}

async function ends({ posts }) {
  assert.equal(await posts.stop(), 0)
  // All that the buttons did is in the log, too.
  assert.match(posts.lines.at(-1), /^replayed \d+ actions, state identical$/)
}

/// Waits until `parts` are on the screen of the process.
async function untilScreen(posts, parts) {
  const shown = () => {
    const screen = posts.screen()
    return Object.fromEntries(Object.keys(parts).map((name) => [name, screen[name]]))
  }
  await untilEqual('the screen of the process', parts, shown)
}

/// Waits until the page lists the actions that the process has printed.
async function untilListed({ posts, devtools }) {
  await untilEqual('the list of actions', ['@@INIT', ...posts.actions()], () => typesOf(devtools))
}

async function typesOf(devtools) {
  return (await devtools.actions()).map((it) => it.type)
}

/// Returns the first action of the list with this type.
async function idOf(devtools, type) {
  const found = (await devtools.actions()).find((it) => it.type === type)
  assert.ok(found, `${type} is in the list`)
  return found.id
}
