import type { Socket } from 'node:net'
import { type Control, ExtendedRequest, type Message, UnbindRequest } from 'ldapts'
import { LdapError } from '../ldap-error.ts'
import { malformedMessage } from './ber.ts'
import { type MessageBytes, MessageSplitter } from './message-splitter.ts'
import { type LdapResponse, type ResultResponse, readResponse } from './response.ts'

export interface RequestHeader {
  readonly messageId: number
  readonly controls?: Control[]
}

// The only unsolicited message is the notice of disconnection (RFC 4511 §4.4).
const unsolicitedId = 0
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
  readonly #silenceTimeout: number
  readonly #secret: string
  readonly #splitter = new MessageSplitter(maxResultBytes)
  readonly #chunks: AsyncIterator<Buffer>
  #lastId = 0
  #isBusy = false

  /**
   * @param silenceTimeout - Milliseconds that the server may be silent within an operation.
   * @param secret - A secret that must be redacted if the server repeats it; empty for none.
   */
  constructor(socket: Socket, silenceTimeout: number, secret = '') {
    this.#socket = socket
    this.#silenceTimeout = silenceTimeout
    this.#secret = secret
    this.#chunks = socket.iterator({ destroyOnReturn: false })
  }

  /**
   * The server's responses, including the result. An entry of more than `maxEntryBytes` bytes is `oversize`.
   *
   * @throws LdapError `ldap_timed_out`, `ldap_connection_lost`, `ldap_not_ldap`, `ldap_unavailable`
   */
  async *send(
    step: string,
    request: (header: RequestHeader) => Message,
    maxEntryBytes: number = maxResultBytes,
  ): AsyncGenerator<LdapResponse> {
    if (this.#isBusy) throw new Error('The previous request is not complete')
    this.#isBusy = true
    this.#lastId += 1
    this.#splitter.maxMessageBytes = maxEntryBytes
    this.#socket.write(request({ messageId: this.#lastId }).write())
    for (;;) {
      const { id, response: unsanitized } = readResponse(await this.#nextMessage(step))
      const response = this.#sanitize(unsanitized)
      if (id === unsolicitedId && response.kind === 'result') {
        throw new LdapError('ldap_unavailable', {
          step,
          resultCode: String(response.resultCode),
          diagnosticMessage: response.diagnosticMessage,
        })
      }
      if (id !== this.#lastId) throw malformedMessage()
      if (response.kind === 'result') this.#isBusy = false
      yield response
      if (response.kind === 'result') return
    }
  }

  /** The result of an operation without other responses. */
  async result(step: string, request: (header: RequestHeader) => Message): Promise<ResultResponse> {
    for await (const response of this.send(step, request)) if (response.kind === 'result') return response
    throw malformedMessage()
  }

  /** Requests StartTLS, and releases the socket if the server agrees (RFC 4511 §4.14). */
  async startTls(): Promise<Socket> {
    const oid = '1.3.6.1.4.1.1466.20037'
    const { resultCode, diagnosticMessage } = await this.result(
      'tls',
      (header) => new ExtendedRequest({ ...header, oid }),
    )
    if (resultCode !== 0) {
      throw new LdapError('ldap_starttls_refused', {
        step: 'tls',
        resultCode: String(resultCode),
        diagnosticMessage,
      })
    }
    // Plaintext data received before TLS could come from an attacker, and would count as sent by the server.
    if (this.#splitter.hasUnprocessedBytes || this.#socket.readableLength > 0) throw malformedMessage()
    await this.#chunks.return?.()
    return this.#socket
  }

  /** Sends an unbind request and closes the connection without waiting. */
  close(): void {
    if (!this.#socket.destroyed) this.#socket.end(new UnbindRequest({ messageId: this.#lastId + 1 }).write())
    this.#socket.destroySoon()
  }

  /** The server's diagnostic message is shown to users. */
  #sanitize(response: LdapResponse): LdapResponse {
    if (response.kind !== 'result') return response
    const sanitizeText = (text: string) =>
      (this.#secret === '' ? text : text.replaceAll(this.#secret, '…')).slice(0, maxMessageLength)
    return {
      ...response,
      diagnosticMessage: sanitizeText(response.diagnosticMessage),
      referrals: response.referrals.slice(0, 1).map(sanitizeText),
    }
  }

  async #nextMessage(step: string): Promise<MessageBytes> {
    const buffered = this.#splitter.shift()
    if (buffered) return buffered
    const timer = setTimeout(
      () => this.#socket.destroy(new LdapError('ldap_timed_out', { step })),
      this.#silenceTimeout,
    )
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
