/**
 * The consent scope of an API permission. It is prefixed with the resource, because another API may have a permission
 * with the same key. An empty key means access to the API itself.
 */
export function apiConsentKey(resource: string, key: string): string {
  return `${resource}${separator}${key}`
}

export function isApiConsentKey(scope: string): boolean {
  return scope.includes(separator)
}

/** The scopes of a consent as used in requests, without duplicates. */
export function consentedScopes(storedScopes: readonly string[]): string[] {
  const scopes = storedScopes.map((key) => key.slice(key.indexOf(separator) + 1))
  return [...new Set(scopes)].filter((scope) => scope !== '')
}

/** A character that occurs in no URI and no scope. */
const separator = '\x1f'
