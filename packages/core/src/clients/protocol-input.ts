import type { ErrorObject } from 'ajv'
import { protocolClaims } from '../accounts/reserved-claims.ts'
import type { FieldError } from '../errors.ts'
import { validator } from '../validator.ts'
import { withDefaults } from '../with-defaults.ts'
import { protectedSiteProblems } from './protected-site.ts'
import { type ClaimRule, type ClientProtocol, defaultProtocol, type GroupRules } from './protocol.ts'
import { clientProtocolSchema } from './protocol-schema.ts'

/** The protocol settings that an administrator edits; omitted settings stay unchanged. */
export type ClientProtocolInput = {
  readonly [Key in Exclude<keyof ClientProtocol, 'claimRules' | 'groupRules'>]?: ClientProtocol[Key] | undefined
} & {
  readonly claimRules?: readonly (Omit<ClaimRule, 'as'> & { readonly as?: ClaimRule['as'] | undefined })[] | undefined
  readonly groupRules?: { readonly [Key in keyof GroupRules]?: GroupRules[Key] | undefined } | undefined
}

const protocolValidator = validator<ClientProtocolInput>(clientProtocolSchema, {
  allErrors: true,
  allowUnionTypes: true,
})

/** Applies the input to the settings; unknown properties are dropped. */
export function mergeProtocol(before: ClientProtocol, input: ClientProtocolInput = {}): ClientProtocol {
  const definedSettings = Object.fromEntries(
    Object.entries(input).filter(([key, value]) => Object.hasOwn(defaultProtocol, key) && value !== undefined),
  )
  return {
    ...before,
    ...definedSettings,
    claimRules: input.claimRules?.map(({ claim, source, as = null }) => ({ claim, source, as })) ?? before.claimRules,
    groupRules: withDefaults<NonNullable<ClientProtocolInput['groupRules']>>(before.groupRules, input.groupRules ?? {}),
  }
}

/** Input errors, as fields below `protocol`. */
export function protocolProblems(input: ClientProtocolInput = {}): FieldError[] {
  const isProtocol = protocolValidator()
  if (!isProtocol(input)) return (isProtocol.errors ?? []).slice(0, 20).map(fieldError)
  const urlErrors = (['jwksUri', 'sectorIdentifierUri', 'backchannelLogoutUri', 'initiateLoginUri'] as const).flatMap(
    (name) => urlProblems(name, input[name]),
  )
  return [
    ...urlErrors,
    ...protectedSiteProblems(input),
    ...(input.claimRules ?? []).flatMap(({ claim, source }, index) =>
      ruleProblems(claim, source, `protocol.claimRules.${index}`),
    ),
  ]
}

function fieldError({ instancePath, message = 'is not valid' }: ErrorObject): FieldError {
  return { field: `protocol${instancePath.replaceAll('/', '.')}`, code: 'invalid_format', message }
}

function ruleProblems(claim: string, source: ClaimRule['source'], field: string): FieldError[] {
  const errors: FieldError[] = []
  if (protocolClaims.has(claim))
    errors.push({ field: `${field}.claim`, code: 'reserved', message: 'is set by the provider' })
  const requiredKey = { claim: 'name', custom: 'key', constant: 'value' }[source.kind]
  const value: unknown = Reflect.get(source, requiredKey)
  if (value === undefined || value === '')
    errors.push({ field: `${field}.source.${requiredKey}`, code: 'required', message: 'is required' })
  return errors
}

function urlProblems(name: string, value: string | null | undefined): FieldError[] {
  if (value === null || value === undefined) return []
  const url = URL.parse(value)
  if (url !== null && /^https?:$/.test(url.protocol) && url.hash === '' && url.username === '' && url.password === '')
    return []
  return [{ field: `protocol.${name}`, code: 'invalid_format', message: 'must be a URL without a fragment' }]
}

/** Stores only differences from the defaults, so that improved defaults apply to existing clients. */
export function differencesFromDefaults(protocol: ClientProtocol): Partial<ClientProtocol> {
  const entries = Object.entries(protocol)
  return Object.fromEntries(
    entries.filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(defaultProtocol, key))),
  )
}
