// What generated scenarios get beyond the classic ones: infinite queries, schemas, keys of the api, running requests.

function infiniteQuery(scenario, rng) {
  const { int, pick, chance } = rng
  const byCursor = chance(0.4)
  const infinite = { initialPageParam: int(0, 2), next: byCursor ? { pick: '/next' } : { add: 1, max: int(3, 6) } }
  if (chance(0.6)) infinite.previous = { add: -1, min: pick([0, -1]) }
  if (infinite.previous && chance(0.4)) infinite.maxPages = int(1, 3)
  if (chance(0.2)) infinite.refetchCachedPages = false
  const feed = { type: 'infiniteQuery', request: '/feed?p={page}', infinite }
  if (chance(0.7)) feed.providesTags = pick([['Item'], ['Stats'], [{ each: '/pages', type: 'Item', id: '/page' }], { onResult: [{ type: 'Item', id: 'LIST' }], onError: ['Stats'] }])
  if (chance(0.3)) feed.transformResponse = { template: { page: { $page: '' }, next: { $result: '/next' }, n: { $result: '/n' } } }
  if (chance(0.4)) feed.keepUnusedDataFor = pick([0, 0.25, 0.7, 60])
  scenario.api.endpoints.feed = feed
  scenario.server['GET /feed*'] = Array.from({ length: int(3, 7) }, () => {
    const delayMs = int(3, 240)
    if (chance(0.12)) return { delayMs, status: pick([404, 500]), body: { message: 'no' } }
    return { delayMs, body: { page: { $n: true }, n: { $n: true }, next: chance(0.2) ? null : { $n: true } } }
  })
}

function infiniteSteps(scenario, rng) {
  const { int, pick, chance, weighted } = rng
  const handles = ['f1'], edits = []
  const page = () => ({ page: int(1, 9), n: 0, next: 5 })
  const steps = [{ op: 'initiate', as: 'f1', endpoint: 'feed', ...(chance(0.2) ? { options: { subscriptionOptions: { pollingInterval: int(200, 900) } } } : {}) }]
  const again = () => {
    const as = `f${handles.length + 1}`
    const options = pick([{}, { forceRefetch: true }, { direction: 'forward' }, { direction: 'backward' }, { initialPageParam: 4 }, { refetchCachedPages: false, forceRefetch: true }])
    steps.push({ op: 'initiate', as, endpoint: 'feed', ...(Object.keys(options).length ? { options } : {}) })
    handles.push(as)
  }
  const edit = () => {
    const as = `fp${edits.length + 1}`
    const list = pick([
      [{ op: 'inc', path: '/pages/0/n', value: 5 }],
      [{ op: 'remove', path: '/pages/0' }, { op: 'remove', path: '/pageParams/0' }],
      [{ op: 'add', path: '/pages/-', value: page() }, { op: 'add', path: '/pageParams/-', value: int(7, 9) }],
    ])
    steps.push({ op: 'updateQueryData', as, endpoint: 'feed', edits: list })
    // pages that are put back after others have come land where an implementation's patches say
    if (list[0].op !== 'remove') edits.push(as)
  }
  const count = int(4, 12)
  while (steps.length < count)
    weighted([
      [6, () => steps.push({ op: 'fetchNextPage', handle: pick(handles) })],
      [2, () => steps.push({ op: 'fetchPreviousPage', handle: pick(handles) })],
      [2, () => steps.push({ op: 'refetch', handle: pick(handles), ...(chance(0.2) ? { refetchCachedPages: chance(0.5) } : {}) })],
      [2, again],
      [2, edit],
      [1, () => edits.length && steps.push({ op: 'undo', patch: edits.splice(int(0, edits.length - 1), 1)[0] })],
      [1, () => steps.push({ op: 'unsubscribe', handle: pick(handles) })],
      [1, () => steps.push({ op: 'abort', handle: pick(handles) })],
      [1.5, () => steps.push({ op: 'select', endpoint: 'feed' })],
      [0.7, () => steps.push({ op: 'upsertQueryEntries', entries: [{ endpoint: 'feed', value: { pages: [page(), page()], pageParams: [1, 2] } }] })],
    ])()
  return steps
}

function schemas(scenario, rng) {
  const { int, pick, chance } = rng
  const { endpoints } = scenario.api
  const object = (properties, required = []) => ({ type: 'object', ...(required.length ? { required } : {}), properties })
  const of = {
    getItem: () => object({ rev: { type: 'number', max: int(1, 4) }, id: { type: 'number', coerce: 'number' } }, chance(0.5) ? ['id'] : []),
    getList: () => ({ type: 'array', min: int(0, 2), items: object({ done: { type: 'boolean' }, kind: { type: 'string', default: 'plain' } }, ['id']) }),
    getStats: () => object({ total: { type: 'number', max: int(1, 3) } }),
    feed: () => object({ n: { type: 'number', max: int(2, 6) }, kind: { type: 'string', default: 'page' } }),
    updateItem: () => object({ id: { type: 'number', coerce: 'number' } }, ['title']),
    addItem: () => object({ n: { type: 'number', max: int(1, 3) } }),
    bump: () => object({ n: { type: 'number', max: int(1, 3), coerce: 'number' } }),
  }
  for (const [name, make] of Object.entries(of)) {
    const e = endpoints[name]
    if (!e || chance(0.4)) continue
    e.responseSchema = make()
    if (chance(0.5)) e.onSchemaFailure = true
    if (chance(0.4)) e.catchSchemaFailure = { status: 'SCHEMA', of: { $error: '/schemaName' } }
    if (chance(0.1)) e.skipSchemaValidation = pick([true, ['response'], ['arg']])
    // of mutations only: among queries that one tag refetches, RTK asks those with such a schema last
    if (name === 'updateItem' && chance(0.4)) e.argSchema = object({ id: { type: 'number', max: int(2, 4) } })
    if (chance(0.2)) e.rawErrorResponseSchema = object({ status: { type: 'number', max: 499 } })
  }
  if (chance(0.3)) scenario.api.onSchemaFailure = true
  if (chance(0.2)) scenario.api.catchSchemaFailure = { by: 'api', message: { $error: '/message' } }
  if (chance(0.05)) scenario.api.skipSchemaValidation = true
}

// Returns `scenario` with more; its own steps keep their order.
export function withMore(scenario, rng) {
  const { int, pick, chance } = rng
  const more = []
  const hasFeed = chance(0.75)
  if (hasFeed) {
    infiniteQuery(scenario, rng)
    more.push(...infiniteSteps(scenario, rng))
  }
  if (chance(0.5)) schemas(scenario, rng)
  if (chance(0.25)) scenario.api.serializeQueryArgs = { string: '{endpoint}/{arg}' }
  for (let i = int(0, 2); i > 0; i--) more.push({ op: pick(['runningQueries', 'runningMutations']) })
  // a step of the list may use what an earlier one of it named
  const places = more.map(() => int(0, scenario.steps.length)).sort((a, b) => a - b)
  const steps = []
  for (let i = 0, k = 0; i <= scenario.steps.length; i++) {
    while (places[k] === i) {
      const step = more[k++]
      steps.push(step)
      if (hasFeed && chance(0.35)) steps.push({ op: 'advance', ms: int(1, 260) })
    }
    if (i < scenario.steps.length) steps.push(scenario.steps[i])
  }
  return { ...scenario, steps: [...steps, { op: 'advance', ms: int(300, 1500) }] }
}
