import { nameKey } from './dn.ts'

interface Identified {
  readonly dn: string
  readonly id: string
}

/**
 * Entries by their identifiers. Where several have the same one nobody knows which is meant, and whoever may create an entry
 * somewhere could be anybody by it: all of them are left out. The same entry may come more than once.
 */
export class Distinct<Entry extends Identified> {
  readonly #first = new Map<string, { readonly key: string; readonly entry: Entry }>()
  readonly #twice = new Set<string>()
  readonly #report: (dn: string, other: string, id: string) => void

  /** @param report - Hears of each entry that is left out, and of another one that has its identifier. */
  constructor(report: (dn: string, other: string, id: string) => void) {
    this.#report = report
  }

  /** @param kept - Makes of the entry what is kept of it. */
  add(entry: Entry, kept: () => Entry = () => entry): void {
    const { dn, id } = entry
    const key = nameKey(dn)
    const first = this.#first.get(id)
    if (!first) this.#first.set(id, { key, entry: kept() })
    else if (first.key !== key) {
      this.#report(dn, first.entry.dn, id)
      if (!this.#twice.has(id)) this.#report(first.entry.dn, dn, id)
      this.#twice.add(id)
    }
  }

  list(): Entry[] {
    return Array.from(this.#first.values(), ({ entry }) => entry).filter(({ id }) => !this.#twice.has(id))
  }
}
