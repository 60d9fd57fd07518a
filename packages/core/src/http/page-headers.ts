import type { ServerResponse } from 'node:http'

/**
 * Content Security Policy of a page: it may only load files from its own origin. Pages whose forms end at a client,
 * including through redirects, must omit `form-action`, or the browser would block the redirect.
 */
export function setPageHeaders(res: ServerResponse, forms: 'own-origin' | 'to-clients' = 'own-origin'): void {
  const formAction = forms === 'own-origin' ? "; form-action 'self'" : ''
  res.setHeader(
    'Content-Security-Policy',
    `default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'self'; style-src 'self'${formAction}`,
  )
  res.setHeader('Cache-Control', 'no-store')
  setCommonHeaders(res)
}

const permissionsPolicy = 'publickey-credentials-get=(self), publickey-credentials-create=(self)'

/**
 * Headers of every response. Cross-Origin-Opener-Policy is omitted: clients such as Synology DSM sign in through a
 * pop-up, and any non-default policy would separate the pop-up from its opener.
 */
export function setCommonHeaders(res: ServerResponse): void {
  // A server that mounts the library sets them first; setting them again costs time.
  if (res.getHeader('Permissions-Policy') === permissionsPolicy) return
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Frame-Options', 'DENY')
  res.setHeader('Referrer-Policy', 'same-origin')
  res.setHeader('Permissions-Policy', permissionsPolicy)
}
