import { InvalidInputError } from '@pocket/core/errors'
import { newUser, type User } from '@pocket/directory'
import { isId, type LdapImportState, nameKey, newImportState } from '@pocket/directory/internal'
import type { FindingSubject, ReportCollector } from '../report.ts'
import type { SourceRow } from '../source/tables.ts'
import { oneLine } from './texts.ts'

type UserRow = SourceRow<'users'>

/** The account that represents the API key of the environment. */
const staticApiKeyUser = '00000000-0000-0000-0000-000000000000'

/** Decides which user keeps a user name or an e-mail address that several users share if case is ignored. */
export class UserNames {
  readonly #userNames = new Map<string, string>()
  readonly #emails = new Map<string, { readonly id: string; readonly verified: boolean }>()

  /** Call it with all users, oldest first. A verified address wins over an older one. */
  add({ id, username, email, email_verified: verified }: UserRow): void {
    const userName = nameKey(username)
    if (!this.#userNames.has(userName)) this.#userNames.set(userName, id)
    if (!email) return
    const key = nameKey(email)
    const owner = this.#emails.get(key)
    if (owner === undefined || (verified && !owner.verified)) this.#emails.set(key, { id, verified })
  }

  ownsUserName(id: string, userName: string): boolean {
    return this.#userNames.get(nameKey(userName)) === id
  }

  /** If an e-mail address is the user name of another user, that user owns it. */
  ownsEmail(id: string, email: string): boolean {
    const key = nameKey(email)
    const holder = this.#userNames.get(key)
    return this.#emails.get(key)?.id === id && (holder === undefined || holder === id)
  }

  /** A user name that no other user has, derived from this one. */
  freeUserName(userName: string): string {
    for (let number = 2; ; number++) {
      const candidate = `${userName.slice(0, 46)}-${number}`
      if (this.#userNames.has(nameKey(candidate))) continue
      this.#userNames.set(nameKey(candidate), candidate)
      return candidate
    }
  }
}

/** The user, or `undefined` if the row is left out. */
export function planUser(row: UserRow, names: UserNames, report: ReportCollector): User | undefined {
  const subject: FindingSubject = { subject: 'user', id: row.id, name: row.username }
  if (row.id === staticApiKeyUser) {
    report.leftOut(subject, 'The account stands for STATIC_API_KEY; set this variable for the new server.')
    return undefined
  }
  if (!isId(row.id)) {
    report.leftOut(subject, 'The ID is not a UUID in lower case.')
    return undefined
  }
  const createdAt = row.created_at
  return {
    id: row.id,
    ...planUserFields(row, names, (reason) => report.changed(subject, reason)),
    emailVerified: row.email_verified,
    administrator: row.is_admin,
    disabled: row.disabled,
    ldapId: row.ldap_id || null,
    createdAt,
    updatedAt: row.updated_at ?? createdAt,
  }
}

type UserFields = Pick<User, 'userName' | 'email' | 'firstName' | 'lastName' | 'displayName' | 'locale'>

function planUserFields(row: UserRow, names: UserNames, changed: (reason: string) => void): UserFields {
  const fields: UserFields = {
    userName: planUserName(row, names, changed),
    email: planEmail(row, names, changed),
    firstName: row.first_name,
    lastName: row.last_name,
    displayName: row.display_name,
    locale: row.locale || null,
  }
  const repaired = repair(fields, changed)
  if (repaired.displayName === '') {
    const { displayName } = newUser({ ...repaired, userName: 'name' })
    changed('The display name was empty; it is derived from the other names.')
    return { ...repaired, displayName: displayName === 'name' ? repaired.userName : displayName }
  }
  return repaired
}

function planUserName({ id, username }: UserRow, names: UserNames, changed: (reason: string) => void): string {
  if (names.ownsUserName(id, username)) return username
  const userName = names.freeUserName(username)
  changed(`Another user has this name in other letter case; the user name is now ${userName}.`)
  return userName
}

function planEmail({ id, email }: UserRow, names: UserNames, changed: (reason: string) => void): string | null {
  if (!email) return null
  if (names.ownsEmail(id, email)) return email
  changed(`The e-mail address ${email} was removed: another user has it in other letter case, or as a user name.`)
  return null
}

/** Replaces the fields that our rules reject by the nearest valid value. */
function repair(fields: UserFields, changed: (reason: string) => void): UserFields {
  const invalid = new Set(invalidFields(fields))
  if (invalid.size === 0) return fields
  const repaired = { ...fields }
  if (invalid.has('email')) {
    repaired.email = null
    changed(`The e-mail address ${fields.email} was removed: it is not valid.`)
  }
  if (invalid.has('locale')) {
    repaired.locale = canonicalLocale(fields.locale ?? '')
    changed(
      `The locale ${fields.locale} is not a language tag; ${repaired.locale === null ? 'the language of the browser is used' : `it is now ${repaired.locale}`}.`,
    )
  }
  for (const [field, maxLength] of [
    ['firstName', 50],
    ['lastName', 50],
    ['displayName', 100],
  ] as const) {
    if (!invalid.has(field)) continue
    repaired[field] = oneLine(fields[field], maxLength)
    changed(`The ${field} was shortened to one line of at most ${maxLength} characters.`)
  }
  if (invalid.has('username')) changed('The user name is kept, although new user names must not look like this.')
  return repaired
}

function invalidFields(fields: UserFields): readonly string[] {
  try {
    newUser({ ...fields })
    return []
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    return error.fields.map(({ field }) => field)
  }
}

function canonicalLocale(locale: string): string | null {
  const tag = locale.replaceAll('_', '-').split('.')[0] ?? ''
  return /^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/.test(tag) && tag.length <= 35 ? tag : null
}

/** The import state of a user whom LDAP owns: as in Pocket ID, imports continue to control both rights. */
export function planLdapState({ id, disabled, administrator }: User, hasAdministratorGroup: boolean): LdapImportState {
  return {
    ...newImportState(id, ''),
    disabledByImport: disabled,
    isImportedAdministrator: administrator && hasAdministratorGroup,
    isManualAdministrator: administrator && !hasAdministratorGroup,
  }
}
