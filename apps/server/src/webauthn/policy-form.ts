import type { PasskeyPolicy } from '@pocket/core'
import type { FieldError } from '@pocket/core/errors'
import { type AuthenticatorModel, authenticatorModels, providerName } from '@pocket/core/internal'
import type { Context } from 'koa'
import { formText, formTexts } from '../http/form.ts'
import { differences } from '../http/form-page.ts'
import type { Messages } from '../http/messages.ts'
import { type ParsedChanges, parseTexts } from '../settings/changes.ts'
import { perSetting, type SettingValues, settingOf } from '../settings/definitions.ts'
import { passkeyPolicyOf } from './passkey-policy.ts'

const choiceKeys = [
  ...(['webauthnUserVerification', 'webauthnAuthenticatorAttachment', 'webauthnAllowSyncedPasskeys'] as const),
  ...(['passkeyAttestation', 'passkeyNonCompliance'] as const),
] as const
const modelLists = ['passkeyAllowedModels', 'passkeyDeniedModels'] as const

export const policyKeys = [...choiceKeys, ...modelLists] as const

export type PolicyChoice = (typeof choiceKeys)[number]
export type ModelList = (typeof modelLists)[number]

/** The form values: choices as strings, and the two lists as AAGUIDs. */
export interface PolicyValues {
  readonly choices: Readonly<Record<PolicyChoice, string>>
  readonly models: Readonly<Record<ModelList, readonly string[]>>
}

export function storedValues(values: SettingValues): PolicyValues {
  const { passkeyAllowedModels, passkeyDeniedModels } = values
  const choices = perSetting(choiceKeys, (key) => settingOf(key).kind.format(values[key]))
  return { choices, models: { passkeyAllowedModels, passkeyDeniedModels } }
}

/** The submitted values; missing fields stay unchanged. Unknown model names are validation errors. */
export function readValues(
  ctx: Context,
  before: PolicyValues,
): { readonly values: PolicyValues; readonly problems: readonly FieldError[] } {
  const problems: FieldError[] = []
  const choices = Object.fromEntries(
    Object.entries(before.choices).map(([key, value]) => [key, isSent(ctx, key) ? formText(ctx, key, 100) : value]),
  )
  const models = Object.fromEntries(
    modelLists.map((list) => {
      if (!isSent(ctx, list)) return [list, before.models[list]]
      const removedModels = new Set(formTexts(ctx, `${list}Drop`))
      const remaining = formText(ctx, list)
        .split(',')
        .filter((aaguid) => aaguid !== '' && !removedModels.has(aaguid))
      const input = formText(ctx, `${list}Add`, 255).trim()
      const added = input === '' ? [] : findModels(input)
      if (input !== '' && added.length === 0)
        problems.push({ field: `${list}Add`, code: 'invalid', message: 'is not the name of a model' })
      return [list, [...new Set([...remaining, ...added])]]
    }),
  )
  // The casts are safe: `Object.fromEntries` only loses the keys.
  const values = { choices: choices as PolicyValues['choices'], models: models as PolicyValues['models'] }
  return { values, problems }
}

function isSent({ request }: Context, name: string): boolean {
  return Object.hasOwn(Object(request.body), name)
}

const trailingAaguid = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)?$/i

/** Resolves form input to models: the offered label, an AAGUID, or a name, which can match several models. */
function findModels(input: string): readonly string[] {
  const [, aaguid] = trailingAaguid.exec(input) ?? []
  if (aaguid !== undefined) return [aaguid.toLowerCase()]
  const lowerName = input.toLowerCase()
  return authenticatorModels().flatMap(({ aaguid, name }) => (name.toLowerCase() === lowerName ? [aaguid] : []))
}

/** The stored values that differ from the entered ones; models by name. */
export function policyDifferences(stored: PolicyValues, submitted: PolicyValues, messages: Messages) {
  return differences(toComparable(stored, messages), toComparable(submitted, messages))
}

function toComparable(
  { choices, models }: PolicyValues,
  { list }: Messages,
): Readonly<Record<PolicyChoice | ModelList, string>> {
  const modelNames = (aaguids: readonly string[]) => list(aaguids.map((aaguid) => modelItem(aaguid).name))
  return {
    ...choices,
    passkeyAllowedModels: modelNames(models.passkeyAllowedModels),
    passkeyDeniedModels: modelNames(models.passkeyDeniedModels),
  }
}

export function modelItem(aaguid: string): AuthenticatorModel {
  return { aaguid, name: providerName(aaguid) ?? aaguid }
}

/** Whether non-compliant passkeys would be rejected for the first time. */
export function startsRejecting({ choices: before }: PolicyValues, { choices }: PolicyValues): boolean {
  return choices.passkeyNonCompliance === 'require' && before.passkeyNonCompliance !== 'require'
}

/** The policy of these values; an invalid value counts as unchanged. */
export function policyFrom(values: PolicyValues, current: SettingValues): PasskeyPolicy {
  return passkeyPolicyOf({ ...current, ...policyChanges(values).changes })
}

export function policyChanges({ choices, models }: PolicyValues): ParsedChanges {
  return parseTexts({ ...choices, ...perSetting(modelLists, (list) => models[list].join(',')) })
}
