import { BindRequest, type Control, type Filter, PagedResultsControl, PresenceFilter, SearchRequest } from 'ldapts'
import { readAddress } from './address.ts'
import { LdapError } from './ldap-error.ts'
import { defaults, type LdapConnectionOptions } from './options.ts'
import { LdapChannel } from './protocol/channel.ts'
import { type LdapResponse, operations, type ResultResponse } from './protocol/response.ts'
import {
  assertBindSucceeded,
  assertSearchSucceeded,
  authMethodNotSupported,
  sizeLimitExceeded,
} from './result-codes.ts'
import { openSocket, type StepListener, secureSocket, tlsOptions } from './socket.ts'

export interface LdapSearch {
  readonly base: string
  readonly scope: 'base' | 'sub'
  readonly filter: Filter
  readonly attributes: readonly string[]
  readonly pageSize: number
  /** The maximum bytes of an entry. */
  readonly maxEntryBytes: number
}

/** A message of a search other than its result. */
export type SearchResponse = Exclude<LdapResponse, { readonly kind: 'result' | 'other' }>

// Servers may return empty pages before the last one, but not without limit.
const maxEmptyPages = 100

export class LdapSession implements Disposable {
  readonly #channel: LdapChannel

  private constructor(channel: LdapChannel) {
    this.#channel = channel
  }

  /**
   * Connects, encrypts and binds.
   *
   * @param signal - Aborts the current operation with its reason.
   * @throws LdapError @throws the reason of `signal`
   */
  static async open(
    options: LdapConnectionOptions,
    signal: AbortSignal,
    onStep: StepListener = () => {},
  ): Promise<LdapSession> {
    const address = readAddress(options.url)
    const host = address.kind === 'tcp' ? address.host : 'localhost'
    const silenceTimeout = options.operationTimeout ?? defaults.operationTimeout
    const password = passwordOf(options)
    tlsOptions(host, options)
    let socket = await openSocket(address, options, signal, onStep)
    const onAbort = () => socket.destroy(asError(signal.reason))
    signal.addEventListener('abort', onAbort)
    socket.once('close', () => signal.removeEventListener('abort', onAbort))
    try {
      if (address.kind === 'tcp') {
        if (!address.tls && options.startTls) socket = await new LdapChannel(socket, silenceTimeout).startTls()
        if (address.tls || options.startTls) socket = await secureSocket(socket, host, options, signal, onStep)
      }
      const channel = new LdapChannel(socket, silenceTimeout, password)
      if (password !== undefined) await bind(channel, options.bindDn?.trim() ?? '', password)
      else if (address.kind === 'unix') await bindAsProcess(channel)
      onStep('bind')
      return new LdapSession(channel)
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  /** Throws if the base entry does not exist. @throws LdapError `ldap_base_not_found` among others */
  async assertBaseExists(base: string): Promise<void> {
    const filter = new PresenceFilter({ attribute: 'objectClass' })
    const search = { base, scope: 'base', filter, attributes: ['1.1'], pageSize: 1, maxEntryBytes: 65_536 } as const
    for await (const _ of this.search(search));
  }

  /** Returns all matching entries. @throws LdapError if the result is incomplete */
  async *search(search: LdapSearch): AsyncGenerator<SearchResponse> {
    let cookie: Buffer | undefined
    let previous = ''
    let emptyPages = 0
    do {
      let firstName: string | undefined
      let result: ResultResponse | undefined
      for await (const response of this.#page(search, 0, cookie)) {
        if (response.kind === 'result') result = response
        if (response.kind === 'result' || response.kind === 'other') continue
        firstName ??= response.kind === 'reference' ? 'reference' : response.dn
        yield response
      }
      assertSearchSucceeded(result, [])
      cookie = result?.cookie
      emptyPages = firstName === undefined ? emptyPages + 1 : 0
      // A repeated page with the same cookie would never end.
      const page = firstName === undefined || cookie === undefined ? '' : `${cookie.toString('hex')} ${firstName}`
      if (emptyPages > maxEmptyPages || (page !== '' && page === previous)) {
        throw new LdapError('ldap_answer_endless', { step: 'search' })
      }
      previous = page
    } while (cookie !== undefined)
  }

  async *sample(search: LdapSearch, limit: number): AsyncGenerator<SearchResponse> {
    for await (const response of this.#page(search, limit)) {
      if (response.kind === 'result') assertSearchSucceeded(response, [sizeLimitExceeded])
      else if (response.kind !== 'other') yield response
    }
  }

  [Symbol.dispose](): void {
    this.#channel.close()
  }

  async *#page(search: LdapSearch, sizeLimit: number, cookie?: Buffer): AsyncGenerator<LdapResponse> {
    const { base, scope, filter, pageSize, maxEntryBytes } = search
    const isPaged = scope === 'sub' && sizeLimit === 0
    const page = new PagedResultsControl({ value: { size: pageSize, ...(cookie && { cookie }) } })
    const controls: Control[] = isPaged ? [page] : []
    const attributes = [...search.attributes]
    const parameters = { baseDN: base, scope, filter, attributes, sizeLimit, timeLimit: 0, controls }
    const responses = this.#channel.send(
      'search',
      (header) => new SearchRequest({ ...header, ...parameters }),
      maxEntryBytes,
    )
    for await (const response of responses) {
      if (response.kind === 'result' && response.operation !== operations.search) throw new LdapError('ldap_not_ldap')
      yield response
    }
  }
}

function passwordOf({ bindDn, bindPassword }: LdapConnectionOptions): string | undefined {
  if (bindDn === undefined || bindDn.trim() === '') return undefined
  // Servers treat a bind with a name but no password as anonymous and accept it (RFC 4513 §5.1.2).
  if (!bindPassword) throw new LdapError('ldap_bind_password_missing', { setting: 'bindPassword' })
  return bindPassword
}

async function bind(channel: LdapChannel, dn: string, password: string): Promise<void> {
  const result = await channel.result('bind', (header) => new BindRequest({ ...header, dn, password }))
  if (result.operation !== operations.bind) throw new LdapError('ldap_not_ldap')
  assertBindSucceeded(result)
}

/** A Unix socket identifies the user of this process (RFC 4422 appendix A); servers without EXTERNAL use an anonymous bind. */
async function bindAsProcess(channel: LdapChannel): Promise<void> {
  const result = await channel.result('bind', (header) => new BindRequest({ ...header, mechanism: 'EXTERNAL' }))
  if (result.operation !== operations.bind) throw new LdapError('ldap_not_ldap')
  if (result.resultCode !== authMethodNotSupported) assertBindSucceeded(result)
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}
