import { createHash } from 'node:crypto'
import type { CooperativeScheduler } from './cooperative-scheduler.ts'
import type { LdapPerson } from './ldap-entries.ts'
import type { LdapRules, PicturePlan, SkippedEntry } from './ldap-plan.ts'
import type { KnownUser } from './snapshot.ts'

interface PictureCandidate {
  readonly entry: LdapPerson
  readonly before: KnownUser | undefined
  readonly user: { readonly id: string }
}

interface PictureContext {
  readonly rules: LdapRules
  /** Names of entries that were read only partially, for example without the picture. */
  readonly incompleteDns: ReadonlySet<string>
  readonly skipped: SkippedEntry[]
}

/** The pictures that differ from the previous run. An unusable picture is not retried until it changes. */
export async function planPictures(
  people: readonly PictureCandidate[],
  { rules, incompleteDns, skipped }: PictureContext,
  scheduler: CooperativeScheduler,
): Promise<readonly PicturePlan[]> {
  if (!rules.mapped.picture) return []
  return scheduler.flatMap(people, ({ entry: { dn, id, picture }, before, user }): readonly PicturePlan[] => {
    const knownHash = before?.importState.pictureHash ?? null
    const plan = { userId: user.id, dn, knownImage: before?.importState.pictureImage ?? null }
    if (picture === undefined) return knownHash === null || incompleteDns.has(dn) ? [] : [{ ...plan, picture: null }]
    const hash = createHash('sha256').update(picture).digest('base64url')
    if (hash !== knownHash) return [{ ...plan, picture: { bytes: picture, hash } }]
    if (before?.importState.pictureImage === '') skipped.push({ dn, id, code: 'picture_invalid' })
    return []
  })
}
