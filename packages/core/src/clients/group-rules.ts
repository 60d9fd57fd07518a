import type { GroupRules } from './protocol.ts'
import { textFits } from './wildcards.ts'

/** The group names that a client receives, without duplicates and in their original order. */
export function groupsFor(names: readonly string[], { include, rename }: GroupRules): readonly string[] {
  const heard = include ? names.filter((name) => include.some((pattern) => textFits(pattern, name))) : names
  return [...new Set(heard.map((name) => (Object.hasOwn(rename, name) ? (rename[name] ?? name) : name)))]
}
