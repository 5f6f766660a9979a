// Waiting for what a condition says, never for time to pass.

const PATIENCE = 20_000
const PAUSE = 25

/// Calls `look` until it returns something true, and returns that.
///
/// What `look` returned or threw last is in the error of one who waited in vain.
export async function until(what, look, patience = PATIENCE) {
  const deadline = Date.now() + patience
  let last
  for (;;) {
    try {
      const seen = await look()
      if (seen) return seen
      last = seen
    } catch (error) {
      last = error
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${patience} ms in vain: ${what}; last seen: ${show(last)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}

/// Calls `look` until what it returns is `expected`, by its JSON.
export async function untilEqual(what, expected, look, patience) {
  let last
  const isEqual = async () => {
    last = await look()
    return JSON.stringify(last) === JSON.stringify(expected)
  }
  await until(what, isEqual, patience).catch((error) => {
    throw new Error(`${error.message}\n  expected ${show(expected)}\n  got      ${show(last)}`)
  })
}

function show(value) {
  if (value instanceof Error) return value.message.split('\n')[0]
  return value === undefined ? '(nothing)' : JSON.stringify(value)
}
