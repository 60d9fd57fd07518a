import { createHash } from 'node:crypto'
import { PocketError } from '@pocket/core/errors'
import { prepareApplicationImage } from '../images/application-images.ts'
import { prepareLogo } from '../images/client-logos.ts'
import type { PreparedImage } from '../images/image.ts'
import { prepareProfilePicture } from '../images/profile-pictures.ts'
import { Batch } from './batch.ts'
import { type MigrationContext, migrateTable } from './migration-steps.ts'
import { planAuditEntry } from './plan/plan-audit-entry.ts'
import { isDerivedPicture, type PictureOwner, pictureOwnerOf } from './plan/plan-picture.ts'
import { planSettings } from './plan/plan-settings.ts'
import {
  isLive,
  loginCodeOfActor,
  loginCodeOfRow,
  type PlannedLoginCode,
  type PlannedSignupToken,
  signupTokenOfActor,
  signupTokenOfRow,
  signupTokensOfJson,
} from './plan/plan-tokens.ts'
import type { SourcePicture } from './source/source.ts'

/** Migrates the settings; returns their values as strings by key in lower case. */
export async function migrateSettings({
  source,
  target,
  report,
  environment,
}: MigrationContext): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  const add = (key: string, value: unknown) => void texts.set(key.toLowerCase(), typeof value === 'string' ? value : '')
  // Later sources are newer: the table, the copy that Pocket ID 2.12 made of it, and the state of the actor.
  for await (const { key, value } of source.rows('app_config_variables')) add(key, value)
  for await (const { key, value } of source.rows('kv'))
    if (key === 'config_migrated') for (const [name, text] of Object.entries(JSON.parse(value))) add(name, text)
  for await (const { type, data } of source.actorStates())
    if (type === 'AppConfig') for (const [name, text] of Object.entries(data)) add(name, text)
  if (texts.size === 0) report.note('The source has no settings; the defaults are used.')
  if (environment.uiConfigDisabled)
    report.note('UI_CONFIG_DISABLED is set: the settings are stored, and the variables of this server apply instead.')
  await target.settings(planSettings(texts, report))
  return texts
}

/** Migrates sign-up tokens and login codes that still work. */
export async function migrateTokens(context: MigrationContext): Promise<void> {
  const { source, target, report, now, userNames, groupIds, signupTokenIds } = context
  const groupsOfToken = new Map<string, string[]>()
  for await (const { signup_token_id: id, user_group_id: groupId } of source.rows('signup_tokens_user_groups'))
    groupsOfToken.set(id, [...(groupsOfToken.get(id) ?? []), groupId])
  const tokens = new Map<string, PlannedSignupToken>()
  const codes = new Map<string, PlannedLoginCode>()
  for await (const row of source.rows('signup_tokens'))
    tokens.set(row.token, signupTokenOfRow(row, groupsOfToken.get(row.id) ?? []))
  for await (const row of source.rows('one_time_access_tokens')) {
    const code = loginCodeOfRow(row, report)
    if (code) codes.set(code.code, code)
  }
  for await (const { key, value } of source.rows('kv'))
    if (key === 'signup_tokens_migrated') for (const token of signupTokensOfJson(value)) tokens.set(token.token, token)
  for await (const state of source.actorStates()) {
    const token = state.type === 'SignupToken' ? signupTokenOfActor(state) : undefined
    if (token) tokens.set(token.token, token)
    const code = state.type === 'OneTimeAccessToken' ? loginCodeOfActor(state, report) : undefined
    if (code) codes.set(code.code, code)
  }
  for (const { token, id } of tokens.values()) signupTokenIds.set(token, id)
  const liveTokens = [...tokens.values()].filter(({ expiresAt }) => isLive(expiresAt, now))
  const liveCodes = [...codes.values()].filter(
    ({ accountId, expiresAt }) => isLive(expiresAt, now) && userNames.has(accountId),
  )
  await target.signupTokens(
    liveTokens.map((token) => ({ ...token, groupIds: token.groupIds.filter((id) => groupIds.has(id)) })),
  )
  await target.loginCodes(liveCodes)
  const expired = tokens.size - liveTokens.length + codes.size - liveCodes.length
  if (expired > 0) report.note(`${expired} sign-up tokens and login codes have expired and are left out.`)
  for (const _ of tokens) report.found('sign-up token')
  for (const _ of liveTokens) report.migrated('sign-up token')
  for (const _ of codes) report.found('login code')
  for (const _ of liveCodes) report.migrated('login code')
}

export async function migrateAuditLog(context: MigrationContext): Promise<void> {
  const { target, userNames, signupTokenIds } = context
  const names = {
    userName: (id: string) => userNames.get(id) ?? null,
    signupTokenId: (token: string) => signupTokenIds.get(token) ?? null,
  }
  await migrateTable(context, {
    table: 'audit_logs',
    subject: 'audit event',
    plan: (row) => planAuditEntry(row, names),
    write: target.auditEntries,
  })
}

/** Prepares pictures like uploads: the source accepted any bytes. */
export async function migratePictures({
  source,
  target,
  report,
  showProgress,
  userNames,
  clientIds,
}: MigrationContext): Promise<void> {
  const clientIdOf = new Map(
    [...clientIds].flatMap(
      (id) =>
        [
          [id, id],
          [documentFileName(id), id],
        ] as const,
    ),
  )
  const pictures = new Batch(target.pictures, 20)
  const slots = new Set<string>()
  let found = 0
  for await (const picture of source.pictures()) {
    if (isDerivedPicture(picture.path)) continue
    report.found('picture')
    showProgress({ subject: 'picture', done: ++found })
    const subject = { subject: 'picture', id: picture.path, name: picture.path } as const
    const owner = pictureOwnerOf(picture.path, (fileName) => clientIdOf.get(fileName))
    const isOwned = owner !== undefined && (owner.kind !== 'user' || userNames.has(owner.userId))
    if (!isOwned || slots.has(owner.slot)) {
      report.leftOut(
        subject,
        isOwned ? 'There is another picture of this owner.' : 'Its owner does not exist or is left out.',
      )
      continue
    }
    const image = await prepare(picture, owner)
    if (typeof image === 'string') {
      report.leftOut(subject, image)
      continue
    }
    slots.add(owner.slot)
    report.migrated('picture')
    await pictures.add({ slot: owner.slot, image })
  }
  await pictures.flush()
}

/** The file name of the logo of a client whose ID is a URL. */
function documentFileName(clientId: string): string {
  return `cimd-${createHash('sha256').update(clientId).digest('hex')}`
}

/** The prepared image, or the reason why it cannot be used. */
async function prepare(picture: SourcePicture, owner: PictureOwner): Promise<PreparedImage | string> {
  const bytes = await picture.read()
  try {
    switch (owner.kind) {
      case 'user':
        return await prepareProfilePicture(bytes)
      case 'client':
        return await prepareLogo(bytes)
      case 'application':
        return await prepareApplicationImage(owner.name, bytes)
    }
  } catch (error) {
    if (error instanceof PocketError) return error.message
    throw error
  }
}
