import type { GroupRules } from './protocol.ts'
import { textFits } from './wildcards.ts'

/** The names of groups as a client hears of them, each once and in their order. */
export function groupsFor(names: readonly string[], { include, rename }: GroupRules): readonly string[] {
  const heard = include ? names.filter((name) => include.some((pattern) => textFits(pattern, name))) : names
  return [...new Set(heard.map((name) => (Object.hasOwn(rename, name) ? (rename[name] ?? name) : name)))]
}
