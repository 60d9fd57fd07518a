import { Ber, malformed, tags } from './ber.ts'
import type { MessageBytes } from './message-splitter.ts'

/** An entry that a search returned (RFC 4511 §4.5.2). */
export interface EntryResponse {
  readonly kind: 'entry'
  readonly dn: string
  /** Values by attribute description in lower case, including options. */
  readonly attributes: ReadonlyMap<string, readonly Buffer[]>
}

/** The end of an operation (RFC 4511 §4.1.9). */
export interface ResultResponse {
  readonly kind: 'result'
  readonly operation: Operation
  readonly resultCode: number
  readonly said: string
  readonly referrals: readonly string[]
  /** The position of the next page (RFC 2696); `undefined` after the last one, or if the server does not support paging. */
  readonly cookie?: Buffer
}

/** One message of a server's response. */
export type LdapResponse =
  | EntryResponse
  | ResultResponse
  /** An entry that exceeds the size limit or has too many values. */
  | { readonly kind: 'oversize'; readonly dn: string }
  /** Referrals to other servers. */
  | { readonly kind: 'reference'; readonly addresses: readonly string[] }
  | { readonly kind: 'other' }

/** Tags of responses that end an operation. */
export const operations = { bind: 0x61, search: 0x65, extended: 0x78 } as const
export type Operation = (typeof operations)[keyof typeof operations]

const entry = 0x64
const reference = 0x73
const intermediate = 0x79
const referral = 0xa3
const controls = 0xa0
// Empty values also use memory.
const maxValues = 500_000
const pagedResults = '1.2.840.113556.1.4.319'

/** Parses a server message with the ID of its request; 0: unsolicited. @throws LdapError `ldap_not_ldap` */
export function readResponse(message: MessageBytes): { readonly id: number; readonly response: LdapResponse } {
  const whole = new Ber(message.bytes)
  const body = message.isWhole ? whole.into(tags.sequence) : whole.intoHead(tags.sequence)
  const id = body.integer()
  if (message.isWhole) return { id, response: readWhole(body) }
  // Only an entry can be this large and still be useful.
  return { id, response: { kind: 'oversize', dn: body.intoHead(entry).text() } }
}

function readWhole(body: Ber): LdapResponse {
  switch (body.tag) {
    case entry:
      return readEntry(body.into(entry))
    case reference:
      return { kind: 'reference', addresses: texts(body.into(reference)) }
    case operations.bind:
    case operations.search:
    case operations.extended:
      return readResult(body, body.tag)
    case intermediate:
      return { kind: 'other' }
    default:
      throw malformed()
  }
}

function readEntry(body: Ber): LdapResponse {
  const dn = body.text()
  const attributes = new Map<string, readonly Buffer[]>()
  const list = body.into(tags.sequence)
  let count = 0
  while (!list.isAtEnd) {
    const attribute = list.into(tags.sequence)
    const name = attribute.text().toLowerCase()
    const values = attribute.into(tags.set)
    const read: Buffer[] = []
    while (!values.isAtEnd && count + read.length <= maxValues) read.push(values.octets())
    count += read.length + 1
    if (count > maxValues) return { kind: 'oversize', dn }
    attributes.set(name, read)
  }
  return { kind: 'entry', dn, attributes }
}

function readResult(body: Ber, operation: Operation): ResultResponse {
  const result = body.into(operation)
  const resultCode = result.integer(tags.enumerated)
  result.skip()
  const said = result.text()
  const referrals = result.tag === referral ? texts(result.into(referral)) : []
  const cookie = body.tag === controls ? readCookie(body.into(controls)) : undefined
  return { kind: 'result', operation, resultCode, said, referrals, ...(cookie && { cookie }) }
}

function readCookie(list: Ber): Buffer | undefined {
  let cookie: Buffer | undefined
  while (!list.isAtEnd) {
    const control = list.into(tags.sequence)
    const type = control.text()
    if (control.tag === tags.boolean) control.skip()
    if (type !== pagedResults || control.isAtEnd) continue
    const value = control.into(tags.octets).into(tags.sequence)
    value.integer()
    const octets = value.octets()
    // A copy, since it outlives its message.
    if (octets.length > 0) cookie = Buffer.from(octets)
  }
  return cookie
}

function texts(list: Ber): string[] {
  const all: string[] = []
  while (!list.isAtEnd) all.push(list.text())
  return all
}
