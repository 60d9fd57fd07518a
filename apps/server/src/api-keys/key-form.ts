import type { FieldError } from '@pocket/core/errors'
import type { Context } from 'koa'
import { type ApiKeyScope, apiKeyScopes } from '../access/api-key-scope.ts'
import { formText, formTexts } from '../http/form.ts'
import type { Refusal } from '../http/form-page.ts'
import { type ApiKeyFormValues, type ApiKeyLifetime, apiKeyLifetimes } from './page-model.ts'

const day = 86_400_000
/** Milliseconds. */
const lifetimes: Readonly<Record<ApiKeyLifetime, number>> = {
  week: 7 * day,
  month: 30 * day,
  quarter: 90 * day,
  year: 365 * day,
}

export const emptyKey: ApiKeyFormValues = {
  name: '',
  description: '',
  lifetime: 'month',
  until: '',
  isLimited: false,
  scopes: [],
  canReadSecrets: false,
}

type LifetimeValues = Pick<ApiKeyFormValues, 'lifetime' | 'until'>

export function lifetimeValues(ctx: Context): LifetimeValues {
  const lifetime = formText(ctx, 'lifetime', 20)
  return {
    lifetime: apiKeyLifetimes.find((option) => option === lifetime) ?? emptyKey.lifetime,
    until: formText(ctx, 'until', 20).trim(),
  }
}

export function keyValues(ctx: Context): ApiKeyFormValues {
  return {
    ...lifetimeValues(ctx),
    name: formText(ctx, 'name', 300).trim(),
    description: formText(ctx, 'description', 1000).trim(),
    isLimited: formText(ctx, 'access', 20) === 'limited',
    scopes: formTexts(ctx, 'scopes'),
    canReadSecrets: formText(ctx, 'canReadSecrets', 10) === 'true',
  }
}

/** The expiration in RFC 3339; a date means the end of that day. An invalid date is passed on and rejected later. */
export function expirationOf({ lifetime, until }: LifetimeValues, now: number): string {
  return until === '' ? new Date(now + lifetimes[lifetime]).toISOString() : `${until}T23:59:59.999Z`
}

/** `null`: full access. */
export function scopesOf({ isLimited, scopes }: ApiKeyFormValues): readonly ApiKeyScope[] | null {
  return isLimited ? apiKeyScopes.filter((scope) => scopes.includes(scope)) : null
}

/** Errors that only the form can contain. */
export function formProblems(values: ApiKeyFormValues): readonly FieldError[] {
  return scopesOf(values)?.length === 0 ? [{ field: 'scopes', code: 'required', message: 'is required' }] : []
}

/** Maps the field errors of the API to the fields of the form. */
export function problemsOf({ problems }: Pick<Refusal, 'problems'>): readonly FieldError[] {
  return problems.map((fieldError) =>
    fieldError.field === 'expiresAt'
      ? { ...fieldError, field: 'until', ...(fieldError.code === 'invalid_value' && { code: 'past' }) }
      : fieldError,
  )
}
