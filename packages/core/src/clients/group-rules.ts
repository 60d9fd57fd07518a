import type { GroupRules } from './protocol.ts'
import { matchesWildcards } from './wildcards.ts'

/** The group names that a client receives, without duplicates and in their original order. */
export function selectGroups(names: readonly string[], { include, rename }: GroupRules): readonly string[] {
  const included = include ? names.filter((name) => include.some((pattern) => matchesWildcards(pattern, name))) : names
  return [...new Set(included.map((name) => (Object.hasOwn(rename, name) ? (rename[name] ?? name) : name)))]
}
