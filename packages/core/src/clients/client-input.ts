import { type FieldError, InvalidInputError } from '../errors.ts'
import { isObjectMember, nameProblem } from '../names.ts'
import type { Client, FederatedIdentity } from './client.ts'
import type { ClientProtocol } from './protocol.ts'
import { type ClientProtocolInput, mergeProtocol, protocolProblems } from './protocol-input.ts'
import {
  maxRedirectUris,
  type RedirectUriPolicy,
  type RedirectUriProblem,
  redirectUriProblem,
} from './redirect-uris.ts'

/** The client settings that an administrator edits. Omitted fields get the default value in brackets. */
export interface ClientInput {
  /** 1 to 50 characters. */
  readonly name: string
  /** At most 150 characters (none). */
  readonly description?: string | undefined
  /** An absolute URL (`null`). */
  readonly launchUrl?: string | null | undefined
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[] | undefined
  readonly isPublic?: boolean | undefined
  /** Always `true` for a public client. */
  readonly pkceRequired?: boolean | undefined
  readonly requiresReauthentication?: boolean | undefined
  readonly requiresPushedAuthorizationRequests?: boolean | undefined
  readonly skipConsent?: boolean | undefined
  /** An unrestricted client loses its allowed groups. */
  readonly isGroupRestricted?: boolean | undefined
  readonly federatedIdentities?: readonly FederatedIdentity[] | undefined
  /** Minutes, 1 to 525,600; `null` means sixty, and ten for JWTs for an API (`null`). */
  readonly accessTokenDurationMinutes?: number | null | undefined
  /** Minutes, 1 to 525,600 (43,200). */
  readonly refreshTokenDurationMinutes?: number | undefined
  /** Omitted settings stay unchanged; a new client gets the defaults of the protocol: code flow, RS256, no encryption. */
  readonly protocol?: ClientProtocolInput | undefined
  /** Default for a new client: `null`; otherwise unchanged. */
  readonly template?: string | null | undefined
}

/** The input for creating a client; omitted fields get their defaults. */
export interface NewClientInput extends ClientInput {
  /** 2–128 characters of `A-Za-z0-9._-`; a random UUID by default. */
  readonly id?: string | undefined
}

/** Completes an input with the defaults. */
export function completeInput(
  input: ClientInput,
  before: { readonly template: string | null; readonly protocol: ClientProtocol },
) {
  const isPublic = input.isPublic ?? false
  return {
    name: input.name.normalize('NFC'),
    description: (input.description ?? '').normalize('NFC'),
    launchUrl: input.launchUrl || null,
    redirectUris: [...new Set(input.redirectUris)],
    postLogoutRedirectUris: [...new Set(input.postLogoutRedirectUris ?? [])],
    isPublic,
    pkceRequired: isPublic || (input.pkceRequired ?? false),
    requiresReauthentication: input.requiresReauthentication ?? false,
    requiresPushedAuthorizationRequests: input.requiresPushedAuthorizationRequests ?? false,
    skipConsent: input.skipConsent ?? false,
    isGroupRestricted: input.isGroupRestricted ?? false,
    federatedIdentities: input.federatedIdentities ?? [],
    accessTokenDurationMinutes: input.accessTokenDurationMinutes ?? null,
    refreshTokenDurationMinutes: input.refreshTokenDurationMinutes ?? 43_200,
    protocol: mergeProtocol(before.protocol, input.protocol),
    template: input.template === undefined ? before.template : input.template,
  } satisfies Partial<Client>
}

/** @throws {InvalidInputError} `validation_failed` if there is a problem */
export function assertNoErrors(fields: readonly FieldError[]): void {
  if (fields.length > 0) {
    const reasons = fields.map(({ field, message }) => `${field} ${message}`).join('. ')
    throw new InvalidInputError('validation_failed', `The client is not valid. ${reasons}.`, { fields })
  }
}

export function idProblems(id: string | undefined): FieldError[] {
  if (id !== undefined && isObjectMember(id)) return [{ field: 'id', code: 'invalid_format', message: 'is reserved' }]
  if (id === undefined || /^[a-zA-Z0-9._-]{2,128}$/.test(id)) return []
  const code = id.length < 2 ? 'too_short' : 'invalid_format'
  return [{ field: 'id', code, message: 'must be 2 to 128 letters, digits, dots, hyphens or underscores' }]
}

export function groupIdProblems(ids: readonly string[]): FieldError[] {
  return ids.flatMap((id, index) =>
    id !== '' && id.length <= 255 && /^\P{Cc}+$/u.test(id)
      ? []
      : [{ field: `allowedGroupIds[${index}]`, code: 'invalid_format', message: 'must be the id of a group' }],
  )
}

export function inputProblems(input: ClientInput, policy: RedirectUriPolicy): FieldError[] {
  return [
    ...textProblems(input),
    ...uriProblems(input, policy),
    ...(input.federatedIdentities ?? []).flatMap(identityProblems),
    ...protocolProblems(input.protocol),
    ...(['accessTokenDurationMinutes', 'refreshTokenDurationMinutes'] as const).flatMap((field) =>
      durationProblems(field, input[field] ?? undefined),
    ),
  ]
}

function textProblems(input: ClientInput): FieldError[] {
  const errors: FieldError[] = []
  const nameError = nameProblem(input.name.normalize('NFC'), 50)
  if (nameError) errors.push({ field: 'name', ...nameError })
  const description = (input.description ?? '').normalize('NFC')
  if ([...description].length > 150) errors.push(tooLong('description', 150))
  if (/[\p{Cc}\p{Cs}]/u.test(description.replaceAll(/[\r\n\t]/g, ' ')))
    errors.push({ field: 'description', code: 'invalid_format', message: 'must be plain text' })
  return errors
}

function tooLong(field: string, maxLength: number): FieldError {
  return { field, code: 'too_long', message: `must be at most ${maxLength} characters long` }
}

const uriMessages: Readonly<Record<RedirectUriProblem, string>> = {
  invalid: 'must be an absolute URI, such as https://app.example/callback',
  fragment: 'must not contain a fragment',
  scheme: 'must not have the scheme of a script or a file',
  wildcard: 'must not consist of a wildcard, or have one in its scheme',
  insecure: 'must use https, or http at a loopback address',
  too_long: 'is too long',
}

/** Validates a redirect URI from a request: it must not contain a wildcard, which would allow other URIs. */
export function receivedUriProblems(uri: string): FieldError[] {
  if (uri.includes('*'))
    return [{ field: 'redirectUri', code: 'invalid_format', message: 'must not contain a wildcard' }]
  const code = redirectUriProblem(uri)
  return code ? [{ field: 'redirectUri', code, message: uriMessages[code] }] : []
}

function uriProblems(input: ClientInput, policy: RedirectUriPolicy): FieldError[] {
  const errors: FieldError[] = []
  for (const list of ['redirectUris', 'postLogoutRedirectUris'] as const) {
    if ((input[list]?.length ?? 0) > maxRedirectUris)
      errors.push({ field: list, code: 'too_many', message: `must be at most ${maxRedirectUris}` })
    for (const [index, uri] of (input[list] ?? []).entries()) {
      const code = redirectUriProblem(uri, policy)
      if (code) errors.push({ field: `${list}[${index}]`, code, message: uriMessages[code] })
    }
  }
  // Pages link to the launch URL, so it may only open another page or an app.
  const { launchUrl } = input
  if (launchUrl && (launchUrl.includes('*') || redirectUriProblem(launchUrl.replace(/#.*$/s, ''))))
    errors.push({ field: 'launchUrl', code: 'invalid_format', message: 'must be a valid URL' })
  return errors
}

function identityProblems({ issuer, subject, audience, jwks }: FederatedIdentity, index: number): FieldError[] {
  return Object.entries({ issuer, subject, audience, jwks })
    .filter(([, value]) => value !== null && (value.length > 2000 || /[\p{Cc}\p{Cs}]/u.test(value)))
    .map(([name]) => ({
      field: `federatedIdentities[${index}].${name}`,
      code: 'invalid_format',
      message: 'must be one line of plain text',
    }))
}

const maxDuration = 525_600

function durationProblems(field: string, minutes = 1): FieldError[] {
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= maxDuration) return []
  return minutes > maxDuration
    ? [{ field, code: 'too_long', message: `must be at most ${maxDuration}` }]
    : [{ field, code: 'too_short', message: 'must be at least 1' }]
}
