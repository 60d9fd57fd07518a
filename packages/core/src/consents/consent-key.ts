/**
 * How a permission of an API stands among the scopes of a consent: behind the resource, since another API may have a
 * permission of the same key. With an empty key it is the access to the API itself.
 *
 * @example
 * ```ts
 * const consented = await stores.consents.find(accountId, clientId)
 * consented?.scopes.includes(apiConsentKey(api.resource, 'read:photos'))
 * ```
 */
export function apiConsentKey(resource: string, key: string): string {
  return `${resource}${separator}${key}`
}

/** Whether a scope of a consent is what `apiConsentKey` makes. */
export function isApiConsentKey(scope: string): boolean {
  return scope.includes(separator)
}

/**
 * The scopes of a consent as clients write them, each once.
 *
 * @example
 * ```ts
 * const scopes = consentedScopes(consent.scopes) // ['openid', 'profile', 'read:photos']
 * ```
 */
export function consentedScopes(consented: readonly string[]): string[] {
  const scopes = consented.map((each) => each.slice(each.indexOf(separator) + 1))
  return [...new Set(scopes)].filter((scope) => scope !== '')
}

/** Stands in no URI and in no scope. */
const separator = '\x1f'
