import type { LdapProblem } from '../answer.ts'
import type { Report } from './values.ts'

const maxEntries = 10_000

/** Collects problems up to a limit, since a hostile directory could cause any number. */
export class Problems {
  readonly #kept: LdapProblem[] = []
  #left = 0

  add(problem: LdapProblem): void {
    if (this.#kept.length < maxEntries || problem.id !== undefined) this.#kept.push(problem)
    else this.#left += 1
  }

  about(dn: string): Report {
    return (code, detail) => this.add({ dn, code, ...(detail !== undefined && { detail }) })
  }

  list(): LdapProblem[] {
    if (this.#left === 0) return this.#kept
    return [...this.#kept, { dn: '', code: 'more_problems', detail: String(this.#left) }]
  }
}
