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
  readonly maxEntryBytes: number
  /** Counted separately. */
  readonly picture?: string | undefined
}

// Referrals that Active Directory returns for every search of a whole domain; these partitions contain no users.
const ignoredPartitions = /^ldaps?:\/\/[^/]*\/(dc=(forest|domain)dnszones|cn=configuration),/i

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
  async *readAll(search: EntrySearch): AsyncGenerator<EntryResponse> {
    const seenDns = new Set<string>()
    const oversizeDns: string[] = []
    const { pageSize } = this.#limits
    for await (const response of this.#session.search({ ...search, scope: 'sub', pageSize })) {
      if (response.kind === 'reference') {
        this.#reportReferral(response.urls)
        continue
      }
      this.#countEntry(response.dn)
      // An entry that is moved during the search is returned twice.
      if (seenDns.has(response.dn)) continue
      seenDns.add(response.dn)
      if (response.kind === 'oversize') oversizeDns.push(response.dn)
      else {
        this.#countText(response, search.picture)
        yield response
      }
    }
    for (const dn of oversizeDns) yield await this.#readByAttribute(dn, search)
  }

  /** One entry by its name; `undefined` if it has been deleted or is too large. */
  async readEntry(
    dn: string,
    { attributes, maxEntryBytes, picture }: Pick<EntrySearch, 'attributes' | 'maxEntryBytes' | 'picture'>,
  ): Promise<EntryResponse | undefined> {
    const filter = new PresenceFilter({ attribute: 'objectClass' })
    const search = { base: dn, scope: 'base', filter, attributes, pageSize: 1, maxEntryBytes } as const
    let entry: EntryResponse | undefined
    try {
      for await (const found of this.#session.search(search)) if (found.kind === 'entry') entry = found
    } catch (error) {
      if (!(error instanceof LdapError && error.code === 'ldap_base_not_found')) throw error
    }
    if (entry) this.#countText(entry, picture)
    return entry
  }

  async #readByAttribute(dn: string, search: EntrySearch): Promise<EntryResponse> {
    const attributes = new Map<string, readonly Buffer[]>()
    for (const attribute of search.attributes) {
      const entry = await this.readEntry(dn, { ...search, attributes: [attribute] })
      if (entry) for (const [name, values] of entry.attributes) attributes.set(name, values)
      else this.#problems.reporterFor(dn)('value_too_large', attribute)
    }
    return { kind: 'entry', dn, attributes: attributes }
  }

  #countEntry(dn: string): void {
    this.#count += 1
    const { entries } = this.#limits
    if (this.#count > entries) throw new LdapError('ldap_too_many_entries', { limit: String(entries) })
    this.#addTextBytes(dn.length)
  }

  #countText(entry: EntryResponse, picture?: string): void {
    const pictureName = picture?.toLowerCase()
    for (const [name, values] of entry.attributes) {
      if (name !== pictureName) this.#addTextBytes(values.reduce((sum, { length }) => sum + length, 0))
    }
  }

  #addTextBytes(bytes: number): void {
    this.#textBytes += bytes
    const { textBytes } = this.#limits
    if (this.#textBytes > textBytes) throw new LdapError('ldap_answer_too_large', { limit: String(textBytes) })
  }

  #reportReferral(urls: readonly string[]): void {
    const [url] = urls
    if (url === undefined || ignoredPartitions.test(url)) return
    const path = URL.parse(url)?.pathname.slice(1) ?? ''
    const dn = parseDn(path) === undefined ? '' : path
    this.#problems.reporterFor(dn)('referral_not_followed', url.slice(0, 500))
  }
}
