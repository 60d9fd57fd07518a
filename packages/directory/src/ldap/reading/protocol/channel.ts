import type { Socket } from 'node:net'
import { type Control, ExtendedRequest, type Message, UnbindRequest } from 'ldapts'
import { LdapError } from '../ldap-error.ts'
import { malformed } from './ber.ts'
import { type MessageBytes, MessageSplitter } from './message-splitter.ts'
import { type LdapResponse, type ResultResponse, readResponse } from './response.ts'

/** The common arguments of ldapts requests. */
export interface RequestHeader {
  readonly messageId: number
  readonly controls?: Control[]
}

// The only unsolicited message is the notice of disconnection (RFC 4511 §4.4).
const unsolicited = 0
const maxResultBytes = 1024 * 1024
const maxMessageLength = 500

/**
 * Sends requests over one connection, one at a time. It applies backpressure and does not keep data that was read.
 *
 * Uses ldapts only to encode requests. Its client ends a search at an empty page, waits indefinitely for the end of non-LDAP
 * data, and buffers without limit.
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
   * @param secret - A secret that must be redacted if the server repeats it; empty for none.
   */
  constructor(socket: Socket, silence: number, secret = '') {
    this.#socket = socket
    this.#silence = silence
    this.#secret = secret
    this.#chunks = socket.iterator({ destroyOnReturn: false })
  }

  /**
   * The server's responses, including the result. An entry of more than `largest` bytes is `oversize`.
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

  /** The result of an operation without other responses. */
  async result(step: string, request: (header: RequestHeader) => Message): Promise<ResultResponse> {
    for await (const response of this.exchange(step, request)) if (response.kind === 'result') return response
    throw malformed()
  }

  /** Requests StartTLS, and releases the socket if the server agrees (RFC 4511 §4.14). */
  async startTls(): Promise<Socket> {
    const oid = '1.3.6.1.4.1.1466.20037'
    const { resultCode, said } = await this.result('tls', (header) => new ExtendedRequest({ ...header, oid }))
    if (resultCode !== 0) {
      throw new LdapError('ldap_starttls_refused', { step: 'tls', resultCode: String(resultCode), said })
    }
    // Plaintext data received before TLS could come from an attacker, and would count as sent by the server.
    if (this.#splitter.hasMore || this.#socket.readableLength > 0) throw malformed()
    await this.#chunks.return?.()
    return this.#socket
  }

  /** Sends an unbind request and closes the connection without waiting. */
  close(): void {
    if (!this.#socket.destroyed) this.#socket.end(new UnbindRequest({ messageId: this.#lastId + 1 }).write())
    this.#socket.destroySoon()
  }

  /** The server's diagnostic message is shown to users. */
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
