import type { LdapPerson } from '../ldap-entries.ts'
import type { LdapAttributes } from './options.ts'
import { primaryGroupAttributes } from './primary-group.ts'
import type { EntryResponse } from './protocol/response.ts'
import { decodeUtf8, idOf, type Report, textOf, valuesOf } from './values.ts'

export function personAttributes(attributes: LdapAttributes): string[] {
  const { userId, userName, email, firstName, lastName, displayName, picture } = attributes
  const primaryGroup = primaryGroupAttributes(attributes).forUsers
  return uniqueNames([userId, userName, email, firstName, lastName, displayName, picture, ...primaryGroup])
}

/** The non-empty names without duplicates. */
export function uniqueNames(names: readonly (string | undefined)[]): string[] {
  const byKey = new Map(names.flatMap((name) => (name?.trim() ? [[name.trim().toLowerCase(), name.trim()]] : [])))
  return [...byKey.values()].filter((name) => name !== undefined)
}

/** `undefined` for an entry without an identifier. Reports problems. */
export function readPerson(entry: EntryResponse, attributes: LdapAttributes, report: Report): LdapPerson | undefined {
  const id = idOf(entry, attributes.userId, report)
  if (id === undefined) return undefined
  // These attributes do not identify users, so choosing one of several values needs no report.
  const reportOtherProblems: Report = (code, detail) => code !== 'several_values' && report(code, detail)
  const fields = {
    userName: textOf(entry, attributes.userName, report),
    email: textOf(entry, attributes.email, report),
    firstName: textOf(entry, attributes.firstName, reportOtherProblems),
    lastName: textOf(entry, attributes.lastName, reportOtherProblems),
    displayName: textOf(entry, attributes.displayName, reportOtherProblems),
    picture: pictureOf(entry, attributes.picture, report),
  }
  const definedFields = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { dn: entry.dn, id, ...Object.fromEntries(definedFields) }
}

const base64Pattern = /^(?:data:image\/[a-z.+-]+;base64,)?([a-z0-9+/\s]{16,}={0,2}\s*)$/i
const urlPattern = /^\s*[a-z][a-z0-9+.-]*:\/\//i

/** A copy of the picture's bytes; of several values, the first in byte order. A URL is reported and never fetched. */
function pictureOf(entry: EntryResponse, attribute: string | undefined, report: Report): Uint8Array | undefined {
  const [value] = valuesOf(entry, attribute)
    .filter(({ length }) => length > 0)
    .toSorted(Buffer.compare)
  if (value === undefined) return undefined
  const prefix = decodeUtf8(value.subarray(0, 64).filter((byte) => byte < 0x80)) ?? ''
  if (urlPattern.test(prefix)) {
    report('picture_is_address', attribute)
    return undefined
  }
  const text = value.every((byte) => byte < 0x80) ? value.toString('latin1') : ''
  const encoded = base64Pattern.exec(text)?.[1]
  return Uint8Array.from(encoded === undefined ? value : Buffer.from(encoded, 'base64'))
}
