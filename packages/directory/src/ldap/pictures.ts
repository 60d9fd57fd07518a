import { createHash } from 'node:crypto'
import type { LdapPerson } from './answer.ts'
import type { LdapRules, PicturePlan, SkippedEntry } from './ldap-plan.ts'
import type { KnownUser } from './snapshot.ts'
import type { Turns } from './turns.ts'

interface Pictured {
  readonly entry: LdapPerson
  readonly before: KnownUser | undefined
  readonly user: { readonly id: string }
}

interface Reading {
  readonly rules: LdapRules
  /** Names of entries that were read only partially, for example without the picture. */
  readonly unread: ReadonlySet<string>
  readonly skipped: SkippedEntry[]
}

/** The pictures that differ from the previous run. An unusable picture is not retried until it changes. */
export async function picturesOf(
  people: readonly Pictured[],
  { rules, unread, skipped }: Reading,
  turns: Turns,
): Promise<readonly PicturePlan[]> {
  if (!rules.mapped.picture) return []
  return turns.flatMap(people, ({ entry: { dn, id, picture }, before, user }): readonly PicturePlan[] => {
    const known = before?.mark.pictureHash ?? null
    const plan = { userId: user.id, dn, knownImage: before?.mark.pictureImage ?? null }
    if (picture === undefined) return known === null || unread.has(dn) ? [] : [{ ...plan, picture: null }]
    const hash = createHash('sha256').update(picture).digest('base64url')
    if (hash !== known) return [{ ...plan, picture: { bytes: picture, hash } }]
    if (before?.mark.pictureImage === '') skipped.push({ dn, id, code: 'picture_invalid' })
    return []
  })
}
