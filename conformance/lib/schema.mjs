// Declarative checkers as Standard Schemas, and the options that go with them.
import { clone, expand, isObj, toPointer } from './template.mjs'

const typeOf = (v) => (v === null ? 'null' : Array.isArray(v) ? 'array' : typeof v)
const TEXT_OF_NUMBER = /^-?\d+(\.\d+)?$/

function coerced(to, value) {
  if (to === 'number' && typeof value === 'string' && TEXT_OF_NUMBER.test(value)) return Number(value)
  if (to === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value)
  return value
}

// Returns the value as `spec` wants it; what is wrong goes to `issues`.
function check(spec, value, path, issues) {
  const issue = (message, at = path) => void issues.push({ message, path: at })
  if (value === undefined && 'default' in spec) value = clone(spec.default)
  value = coerced(spec.coerce, value)
  if (spec.type !== undefined && typeOf(value) !== spec.type) {
    issue(`expected ${spec.type}`)
    return value
  }
  const size = typeof value === 'number' ? value : typeof value === 'string' || Array.isArray(value) ? value.length : undefined
  if (spec.min !== undefined && size < spec.min) issue(`below ${spec.min}`)
  if (spec.max !== undefined && size > spec.max) issue(`above ${spec.max}`)
  if (isObj(value)) {
    for (const name of spec.required ?? []) if (!(name in value)) issue('missing', [...path, name])
    const properties = spec.properties ?? {}
    const out = spec.strip ? {} : { ...value }
    for (const name of Object.keys(properties).sort())
      if (name in value || 'default' in properties[name]) out[name] = check(properties[name], value[name], [...path, name], issues)
    return out
  }
  if (Array.isArray(value) && spec.items) return value.map((item, i) => check(spec.items, item, [...path, i], issues))
  return value
}

const standard = (spec) => ({
  '~standard': {
    version: 1,
    vendor: 'conformance',
    validate(value) {
      const issues = []
      const out = check(spec, clone(value), [], issues)
      return issues.length ? { issues } : { value: out }
    },
  },
})

const described = (e) => ({
  schemaName: e.schemaName,
  message: e.message,
  ...(e.value === undefined ? {} : { value: clone(e.value) }),
  issues: e.issues.map((i) => ({ message: i.message, path: toPointer(i.path) })),
})

export const SCHEMAS = ['argSchema', 'rawResponseSchema', 'responseSchema', 'rawErrorResponseSchema', 'errorResponseSchema', 'metaSchema']

// The schema options of an endpoint or of an api (`by`); `log` gets what a failure handler is told.
export function buildSchemaOptions(spec, by, log) {
  const out = {}
  for (const k of SCHEMAS) if (spec[k]) out[k] = standard(spec[k])
  if (spec.onSchemaFailure)
    out.onSchemaFailure = (error, { endpoint, type, arg, queryCacheKey }) => {
      const { message: _, ...failure } = described(error)
      log({ by, endpoint, type, ...(arg === undefined ? {} : { arg: clone(arg) }), ...(queryCacheKey === undefined ? {} : { queryCacheKey }), ...failure })
    }
  if ('catchSchemaFailure' in spec) out.catchSchemaFailure = (error, { arg }) => expand(spec.catchSchemaFailure, { arg, error: described(error) }) ?? null
  if (spec.skipSchemaValidation !== undefined) out.skipSchemaValidation = spec.skipSchemaValidation
  return out
}
