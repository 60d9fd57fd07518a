import { type Filter, PresenceFilter } from 'ldapts'
import { parseDn } from './dn.ts'
import { LdapError } from './ldap-error.ts'
import type { ResolvedLimits } from './options.ts'
import type { Problems } from './problems.ts'
import type { EntryResponse } from './protocol/response.ts'
import type { LdapSession } from './session.ts'

/** The kind of entries to search for, and the attributes. */
export interface EntrySearch {
  readonly base: string
  readonly filter: Filter
  readonly attributes: readonly string[]
  readonly largest: number
  /** Counted separately. */
  readonly picture?: string | undefined
}

// Referrals that Active Directory returns for every search of a whole domain; these partitions contain no users.
const partitions = /^ldaps?:\/\/[^/]*\/(dc=(forest|domain)dnszones|cn=configuration),/i

/** Searches within the limits of one run. */
export class EntrySearcher {
  readonly #session: LdapSession
  readonly #limits: ResolvedLimits
  readonly #problems: Problems
  #count = 0
  #textBytes = 0

  constructor(session: LdapSession, limits: ResolvedLimits, problems: Problems) {
    this.#session = session
    this.#limits = limits
    this.#problems = problems
  }

  /** Every entry once; oversized ones come last, without their oversized values. */
  async *all(search: EntrySearch): AsyncGenerator<EntryResponse> {
    const seen = new Set<string>()
    const oversize: string[] = []
    const { pageSize } = this.#limits
    for await (const found of this.#session.search({ ...search, scope: 'sub', pageSize })) {
      if (found.kind === 'reference') {
        this.#refer(found.addresses)
        continue
      }
      this.#countOne(found.dn)
      // An entry that is moved during the search is returned twice.
      if (seen.has(found.dn)) continue
      seen.add(found.dn)
      if (found.kind === 'oversize') oversize.push(found.dn)
      else {
        this.#countText(found, search.picture)
        yield found
      }
    }
    for (const dn of oversize) yield await this.#piecemeal(dn, search)
  }

  /** One entry by its name; `undefined` if it has been deleted or is too large. */
  async one(
    dn: string,
    { attributes, largest, picture }: Pick<EntrySearch, 'attributes' | 'largest' | 'picture'>,
  ): Promise<EntryResponse | undefined> {
    const filter = new PresenceFilter({ attribute: 'objectClass' })
    const search = { base: dn, scope: 'base', filter, attributes, pageSize: 1, largest } as const
    let entry: EntryResponse | undefined
    try {
      for await (const found of this.#session.search(search)) if (found.kind === 'entry') entry = found
    } catch (error) {
      if (!(error instanceof LdapError && error.code === 'ldap_base_not_found')) throw error
    }
    if (entry) this.#countText(entry, picture)
    return entry
  }

  async #piecemeal(dn: string, search: EntrySearch): Promise<EntryResponse> {
    const read = new Map<string, readonly Buffer[]>()
    for (const attribute of search.attributes) {
      const part = await this.one(dn, { ...search, attributes: [attribute] })
      if (part) for (const [name, values] of part.attributes) read.set(name, values)
      else this.#problems.about(dn)('value_too_large', attribute)
    }
    return { kind: 'entry', dn, attributes: read }
  }

  #countOne(dn: string): void {
    this.#count += 1
    const { entries } = this.#limits
    if (this.#count > entries) throw new LdapError('ldap_too_many_entries', { limit: String(entries) })
    this.#spend(dn.length)
  }

  #countText(entry: EntryResponse, picture?: string): void {
    const uncounted = picture?.toLowerCase()
    for (const [name, values] of entry.attributes) {
      if (name !== uncounted) this.#spend(values.reduce((sum, { length }) => sum + length, 0))
    }
  }

  #spend(bytes: number): void {
    this.#textBytes += bytes
    const { textBytes } = this.#limits
    if (this.#textBytes > textBytes) throw new LdapError('ldap_answer_too_large', { limit: String(textBytes) })
  }

  #refer(addresses: readonly string[]): void {
    const [address] = addresses
    if (address === undefined || partitions.test(address)) return
    const path = URL.parse(address)?.pathname.slice(1) ?? ''
    const dn = parseDn(path) === undefined ? '' : path
    this.#problems.about(dn)('referral_not_followed', address.slice(0, 500))
  }
}
