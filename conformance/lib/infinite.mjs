// Declarative `infinite` -> RTK's infiniteQueryOptions.
import { clone, expand, getPointer } from './template.mjs'

// Returns the page param that `rule` derives from the page at an edge, undefined where there is no such page.
function pageParam(rule, page, pages, param, arg) {
  if (rule.limit !== undefined && pages.length >= rule.limit) return undefined
  if (rule.whileAny !== undefined && !(getPointer(page, rule.whileAny)?.length > 0)) return undefined
  let next
  if ('add' in rule) next = typeof param === 'number' ? param + rule.add : undefined
  else if ('pick' in rule) next = clone(getPointer(page, rule.pick))
  else next = expand(rule.template, { arg, result: page, page: param })
  if (rule.min !== undefined && !(next >= rule.min)) return undefined
  if (rule.max !== undefined && !(next <= rule.max)) return undefined
  return next
}

export function buildInfiniteOptions(spec) {
  const of = (rule) => (edge, pages, param, _params, arg) => pageParam(rule, edge, pages, param, arg)
  const options = { initialPageParam: spec.initialPageParam, getNextPageParam: of(spec.next) }
  if (spec.previous) options.getPreviousPageParam = of(spec.previous)
  for (const k of ['maxPages', 'refetchCachedPages']) if (spec[k] !== undefined) options[k] = spec[k]
  return options
}
