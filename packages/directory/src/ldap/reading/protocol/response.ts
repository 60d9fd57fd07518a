import { Ber, malformedMessage, tags } from './ber.ts'
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
  readonly diagnosticMessage: string
  readonly referrals: readonly string[]
  /** The position of the next page (RFC 2696); `undefined` after the last one, or if the server does not support paging. */
  readonly cookie?: Buffer
}

export type LdapResponse =
  | EntryResponse
  | ResultResponse
  /** An entry that exceeds the size limit or has too many values. */
  | { readonly kind: 'oversize'; readonly dn: string }
  /** Referrals to other servers. */
  | { readonly kind: 'reference'; readonly urls: readonly string[] }
  | { readonly kind: 'other' }

/** Tags of responses that end an operation. */
export const operations = { bind: 0x61, search: 0x65, extended: 0x78 } as const
export type Operation = (typeof operations)[keyof typeof operations]

const entryTag = 0x64
const referenceTag = 0x73
const intermediateTag = 0x79
const referralTag = 0xa3
const controlsTag = 0xa0
// Empty values also use memory.
const maxValues = 500_000
const pagedResultsOid = '1.2.840.113556.1.4.319'

/** Parses a server message with the ID of its request; 0: unsolicited. @throws LdapError `ldap_not_ldap` */
export function readResponse(message: MessageBytes): { readonly id: number; readonly response: LdapResponse } {
  const reader = new Ber(message.bytes)
  const body = message.isComplete ? reader.readNested(tags.sequence) : reader.readNestedPrefix(tags.sequence)
  const id = body.integer()
  if (message.isComplete) return { id, response: readOperation(body) }
  // Only an entry can be this large and still be useful.
  return { id, response: { kind: 'oversize', dn: body.readNestedPrefix(entryTag).text() } }
}

function readOperation(body: Ber): LdapResponse {
  switch (body.tag) {
    case entryTag:
      return readEntry(body.readNested(entryTag))
    case referenceTag:
      return { kind: 'reference', urls: readTexts(body.readNested(referenceTag)) }
    case operations.bind:
    case operations.search:
    case operations.extended:
      return readResult(body, body.tag)
    case intermediateTag:
      return { kind: 'other' }
    default:
      throw malformedMessage()
  }
}

function readEntry(body: Ber): LdapResponse {
  const dn = body.text()
  const attributes = new Map<string, readonly Buffer[]>()
  const elements = body.readNested(tags.sequence)
  let count = 0
  while (!elements.isAtEnd) {
    const attribute = elements.readNested(tags.sequence)
    const name = attribute.text().toLowerCase()
    const values = attribute.readNested(tags.set)
    const octets: Buffer[] = []
    while (!values.isAtEnd && count + octets.length <= maxValues) octets.push(values.octets())
    count += octets.length + 1
    if (count > maxValues) return { kind: 'oversize', dn }
    attributes.set(name, octets)
  }
  return { kind: 'entry', dn, attributes }
}

function readResult(body: Ber, operation: Operation): ResultResponse {
  const result = body.readNested(operation)
  const resultCode = result.integer(tags.enumerated)
  result.skip()
  const diagnosticMessage = result.text()
  const referrals = result.tag === referralTag ? readTexts(result.readNested(referralTag)) : []
  const cookie = body.tag === controlsTag ? readCookie(body.readNested(controlsTag)) : undefined
  return { kind: 'result', operation, resultCode, diagnosticMessage, referrals, ...(cookie && { cookie }) }
}

function readCookie(elements: Ber): Buffer | undefined {
  let cookie: Buffer | undefined
  while (!elements.isAtEnd) {
    const control = elements.readNested(tags.sequence)
    const type = control.text()
    if (control.tag === tags.boolean) control.skip()
    if (type !== pagedResultsOid || control.isAtEnd) continue
    const value = control.readNested(tags.octets).readNested(tags.sequence)
    value.integer()
    const cookieBytes = value.octets()
    // A copy, since it outlives its message.
    if (cookieBytes.length > 0) cookie = Buffer.from(cookieBytes)
  }
  return cookie
}

function readTexts(elements: Ber): string[] {
  const texts: string[] = []
  while (!elements.isAtEnd) texts.push(elements.text())
  return texts
}
