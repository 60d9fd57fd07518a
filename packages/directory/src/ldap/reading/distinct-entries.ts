import { nameKey } from './dn.ts'

/**
 * Collects entries by identifier. Entries that share an identifier are all skipped: permission to create an entry anywhere
 * would otherwise allow impersonating any user. The same entry may be added more than once.
 */
export class DistinctEntries<Entry extends { readonly dn: string; readonly id: string }> {
  readonly #first = new Map<string, { readonly key: string; readonly entry: Entry }>()
  readonly #duplicateIds = new Set<string>()
  readonly #report: (dn: string, other: string, id: string) => void

  /** @param report - Called for each skipped entry with another entry that has its identifier. */
  constructor(report: (dn: string, other: string, id: string) => void) {
    this.#report = report
  }

  /** @param toStored - Maps the entry to the value that is kept. */
  add(entry: Entry, toStored: () => Entry = () => entry): void {
    const { dn, id } = entry
    const key = nameKey(dn)
    const first = this.#first.get(id)
    if (!first) this.#first.set(id, { key, entry: toStored() })
    else if (first.key !== key) {
      this.#report(dn, first.entry.dn, id)
      if (!this.#duplicateIds.has(id)) this.#report(first.entry.dn, dn, id)
      this.#duplicateIds.add(id)
    }
  }

  list(): Entry[] {
    return Array.from(this.#first.values(), ({ entry }) => entry).filter(({ id }) => !this.#duplicateIds.has(id))
  }
}
