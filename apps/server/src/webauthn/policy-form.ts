import { type AuthenticatorModel, authenticatorModels, type PasskeyPolicy, providerName } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import { differences } from '../http/form-page.ts'
import type { SettingValues } from '../settings/definitions.ts'
import type { OwnSettingValues } from '../settings/own/definitions.ts'
import { passkeyPolicyOf } from './passkey-policy.ts'

const contractKeys = [
  'webauthnUserVerification',
  'webauthnAuthenticatorAttachment',
  'webauthnAllowSyncedPasskeys',
] as const
const ownSettingKeys = [
  'passkeyAttestation',
  'passkeyCounterRegression',
  'passkeyNonCompliance',
  'passkeyNonComplianceFrom',
] as const
const lists = ['passkeyAllowedModels', 'passkeyDeniedModels'] as const

/** The settings that the page is about. */
export const policyKeys = [...contractKeys, ...ownSettingKeys, ...lists] as const

export type PolicyChoice = (typeof contractKeys)[number] | (typeof ownSettingKeys)[number]
export type ModelList = (typeof lists)[number]

/** What the form says: every choice in the words of the settings, and the two lists as AAGUIDs. */
export interface PolicyValues {
  readonly choices: Readonly<Record<PolicyChoice, string>>
  readonly models: Readonly<Record<ModelList, readonly string[]>>
}

export interface StoredPolicy {
  readonly contract: SettingValues
  readonly own: OwnSettingValues
}

export function storedValues({ contract, own }: StoredPolicy): PolicyValues {
  const { passkeyAllowedModels, passkeyDeniedModels, ...rest } = own
  const choices = Object.fromEntries([
    ...contractKeys.map((key) => [key, contract[key]]),
    ...ownSettingKeys.map((key) => [key, rest[key]]),
  ])
  // A cast, since an object made of entries forgets its keys.
  return { choices: choices as PolicyValues['choices'], models: { passkeyAllowedModels, passkeyDeniedModels } }
}

/** What was sent; what the form did not have stays as it is. Names of models that nobody knows are problems. */
export function sentValues(
  ctx: Context,
  before: PolicyValues,
): { readonly values: PolicyValues; readonly problems: readonly FieldError[] } {
  const problems: FieldError[] = []
  const choices = Object.fromEntries(
    Object.entries(before.choices).map(([key, value]) => [key, isSent(ctx, key) ? formText(ctx, key, 100) : value]),
  )
  const models = Object.fromEntries(
    lists.map((list) => {
      if (!isSent(ctx, list)) return [list, before.models[list]]
      const dropped = new Set(formTexts(ctx, `${list}Drop`))
      const kept = formText(ctx, list)
        .split(',')
        .filter((aaguid) => aaguid !== '' && !dropped.has(aaguid))
      const typed = formText(ctx, `${list}Add`, 255).trim()
      const added = typed === '' ? [] : modelsNamed(typed)
      if (typed !== '' && added.length === 0)
        problems.push({ field: `${list}Add`, code: 'invalid', message: 'is the name of no model' })
      return [list, [...new Set([...kept, ...added])]]
    }),
  )
  // Casts, since an object made of entries forgets its keys.
  const values = { choices: choices as PolicyValues['choices'], models: models as PolicyValues['models'] }
  return { values, problems }
}

function isSent({ request }: Context, name: string): boolean {
  return Object.hasOwn(Object(request.body), name)
}

const aaguidAtEnd = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)?$/i

/** A model as the form offers it, an AAGUID, or a name: one name can stand for several models. */
function modelsNamed(typed: string): readonly string[] {
  const [, aaguid] = aaguidAtEnd.exec(typed) ?? []
  if (aaguid !== undefined) return [aaguid.toLowerCase()]
  const wanted = typed.toLowerCase()
  return authenticatorModels().flatMap(({ aaguid, name }) => (name.toLowerCase() === wanted ? [aaguid] : []))
}

/** What is stored now and differs from what was entered; models by name. */
export function policyDifferences(stored: PolicyValues, entered: PolicyValues) {
  return differences(flat(stored), flat(entered))
}

function flat({ choices, models }: PolicyValues): Readonly<Record<PolicyChoice | ModelList, string>> {
  const named = (list: readonly string[]) => list.map((aaguid) => modelItem(aaguid).name).join(', ')
  return {
    ...choices,
    passkeyAllowedModels: named(models.passkeyAllowedModels),
    passkeyDeniedModels: named(models.passkeyDeniedModels),
  }
}

/** What a person reads of a model that is listed. */
export function modelItem(aaguid: string): AuthenticatorModel {
  return { aaguid, name: providerName(aaguid) ?? aaguid }
}

/** Whether passkeys that do not comply are refused, and were not before, or later only. Days sort as texts; none is at once. */
export function isStricterSooner({ choices: before }: PolicyValues, { choices }: PolicyValues): boolean {
  return (
    choices.passkeyNonCompliance === 'require' &&
    (before.passkeyNonCompliance !== 'require' || choices.passkeyNonComplianceFrom < before.passkeyNonComplianceFrom)
  )
}

/** The policy that these values describe. */
export function policyFrom({ choices, models }: PolicyValues, { contract, own }: StoredPolicy): PasskeyPolicy {
  // A cast: whether each word is one that its setting knows is decided where it is written.
  return passkeyPolicyOf({ ...contract, ...choices }, { ...own, ...choices, ...models } as OwnSettingValues)
}

export function contractChanges({ choices }: PolicyValues): Readonly<Record<(typeof contractKeys)[number], string>> {
  const { webauthnUserVerification, webauthnAuthenticatorAttachment, webauthnAllowSyncedPasskeys } = choices
  return { webauthnUserVerification, webauthnAuthenticatorAttachment, webauthnAllowSyncedPasskeys }
}

export function ownSettingChanges({ choices, models }: PolicyValues) {
  const { passkeyAttestation, passkeyCounterRegression, passkeyNonCompliance, passkeyNonComplianceFrom } = choices
  return {
    passkeyAttestation,
    passkeyCounterRegression,
    passkeyNonCompliance,
    passkeyNonComplianceFrom,
    ...models,
  }
}
