import type { Socket } from 'node:net'
import { type Control, ExtendedRequest, type Message, UnbindRequest } from 'ldapts'
import { LdapError } from '../ldap-error.ts'
import { malformed } from './ber.ts'
import { type MessageBytes, MessageSplitter } from './message-splitter.ts'
import { type LdapResponse, type ResultResponse, readResponse } from './response.ts'

/** What every request of ldapts takes. */
export interface RequestHeader {
  readonly messageId: number
  readonly controls?: Control[]
}

// A server says nothing else between two requests than that it is leaving (RFC 4511 §4.4).
const unsolicited = 0
const maxResultBytes = 1024 * 1024
const maxMessageLength = 500

/**
 * Requests over one connection, one after the other. It reads no faster than its reader, and forgets what was read.
 *
 * ldapts writes the requests. Its client is not used: it ends a search at an empty page, waits for ever for the end of
 * what is no LDAP, and has no bound on what it keeps.
 */
export class LdapChannel {
  readonly #socket: Socket
  readonly #silence: number
  readonly #secret: string
  readonly #splitter = new MessageSplitter(maxResultBytes)
  readonly #chunks: AsyncIterator<Buffer>
  #lastId = 0
  #isBusy = false

  /**
   * @param silence - Milliseconds that the server may be silent within an operation.
   * @param secret - What a server might repeat, and nobody is to read; empty for none.
   */
  constructor(socket: Socket, silence: number, secret = '') {
    this.#socket = socket
    this.#silence = silence
    this.#secret = secret
    this.#chunks = socket.iterator({ destroyOnReturn: false })
  }

  /**
   * What the server answers, up to and with the result. An entry of more than `largest` bytes is `oversize`.
   *
   * @throws LdapError `ldap_timed_out`, `ldap_connection_lost`, `ldap_not_ldap`, `ldap_unavailable`
   */
  async *exchange(
    step: string,
    request: (header: RequestHeader) => Message,
    largest: number = maxResultBytes,
  ): AsyncGenerator<LdapResponse> {
    if (this.#isBusy) throw new Error('a request before the answer to the one before')
    this.#isBusy = true
    this.#lastId += 1
    this.#splitter.largest = largest
    this.#socket.write(request({ messageId: this.#lastId }).write())
    for (;;) {
      const { id, response: whole } = readResponse(await this.#message(step))
      const response = this.#quotable(whole)
      if (id === unsolicited && response.kind === 'result') {
        throw new LdapError('ldap_unavailable', { step, resultCode: String(response.resultCode), said: response.said })
      }
      if (id !== this.#lastId) throw malformed()
      if (response.kind === 'result') this.#isBusy = false
      yield response
      if (response.kind === 'result') return
    }
  }

  /** The result of an operation that has nothing else to say. */
  async result(step: string, request: (header: RequestHeader) => Message): Promise<ResultResponse> {
    for await (const response of this.exchange(step, request)) if (response.kind === 'result') return response
    throw malformed()
  }

  /** Asks to encrypt, and lets go of the socket where the server agrees (RFC 4511 §4.14). */
  async startTls(): Promise<Socket> {
    const oid = '1.3.6.1.4.1.1466.20037'
    const { resultCode, said } = await this.result('tls', (header) => new ExtendedRequest({ ...header, oid }))
    if (resultCode !== 0) {
      throw new LdapError('ldap_starttls_refused', { step: 'tls', resultCode: String(resultCode), said })
    }
    // What was sent along in clear could come from anybody, and would count as sent by the server.
    if (this.#splitter.hasMore || this.#socket.readableLength > 0) throw malformed()
    await this.#chunks.return?.()
    return this.#socket
  }

  /** Says goodbye and closes the connection, without waiting for anybody. */
  close(): void {
    if (!this.#socket.destroyed) this.#socket.end(new UnbindRequest({ messageId: this.#lastId + 1 }).write())
    this.#socket.destroySoon()
  }

  /** What a server says in words is shown to people. */
  #quotable(response: LdapResponse): LdapResponse {
    if (response.kind !== 'result') return response
    const short = (text: string) =>
      (this.#secret === '' ? text : text.replaceAll(this.#secret, '…')).slice(0, maxMessageLength)
    return { ...response, said: short(response.said), referrals: response.referrals.slice(0, 1).map(short) }
  }

  async #message(step: string): Promise<MessageBytes> {
    const ready = this.#splitter.shift()
    if (ready) return ready
    const timer = setTimeout(() => this.#socket.destroy(new LdapError('ldap_timed_out', { step })), this.#silence)
    try {
      for (;;) {
        const { value, done } = await this.#chunks.next()
        if (done) throw new LdapError('ldap_connection_lost', { step })
        this.#splitter.push(value)
        const message = this.#splitter.shift()
        if (message) return message
      }
    } catch (error) {
      throw error instanceof LdapError ? error : new LdapError('ldap_connection_lost', { step }, error)
    } finally {
      clearTimeout(timer)
    }
  }
}
