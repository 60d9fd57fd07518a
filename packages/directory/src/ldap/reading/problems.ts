import type { LdapProblem } from '../ldap-entries.ts'
import type { Report } from './values.ts'

const maxEntries = 10_000

/** Collects problems up to a limit, since a hostile directory could cause any number. */
export class Problems {
  readonly #problems: LdapProblem[] = []
  #omittedCount = 0

  add(problem: LdapProblem): void {
    if (this.#problems.length < maxEntries || problem.id !== undefined) this.#problems.push(problem)
    else this.#omittedCount += 1
  }

  reporterFor(dn: string): Report {
    return (code, detail) => this.add({ dn, code, ...(detail !== undefined && { detail }) })
  }

  list(): LdapProblem[] {
    if (this.#omittedCount === 0) return this.#problems
    return [...this.#problems, { dn: '', code: 'more_problems', detail: String(this.#omittedCount) }]
  }
}
