import { isJsonObject } from '@pocket/core/internal'
/**
 * Whether the stored value is the declared one. The order of lists does not matter, except of access rules, of which the first
 * match decides. Members of an object that the file does not declare are ignored, except in lists, which the file declares as
 * a whole.
 */
export function isDeclared(declared: unknown, stored: unknown): boolean {
  if (isJsonObject(declared) && isJsonObject(stored))
    return Object.entries(declared).every(([name, value]) =>
      name === 'accessRules' ? isSameSequence(value, stored[name]) : isDeclared(value, stored[name]),
    )
  return isSame(declared, stored)
}

function isSameSequence(left: unknown, right: unknown): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return isSame(left, right)
  return left.length === right.length && left.every((item, index) => isSame(item, right[index]))
}

function isSame(left: unknown, right: unknown): boolean {
  if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right)
  if (Array.isArray(left) && Array.isArray(right)) return isSameList(left, right)
  if (!isJsonObject(left) || !isJsonObject(right)) return left === right
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((name) => isSame(left[name], right[name]))
}

function isSameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  if (left.length !== right.length) return false
  const rest = [...right]
  return left.every((item) => {
    const index = rest.findIndex((other) => isSame(item, other))
    if (index >= 0) rest.splice(index, 1)
    return index >= 0
  })
}

/** A value that means the same as a missing one. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.values(value).every(isEmpty)
}
