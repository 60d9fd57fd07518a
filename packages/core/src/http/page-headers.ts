import type { ServerResponse } from 'node:http'

/**
 * What a page may do: use its own origin's files and nothing else. A page whose form ends at a client, redirects
 * included, has to leave `form-action` out: the browser would stop a person on the way back.
 *
 * @example
 * ```ts
 * pageHeaders(res)
 * res.end(html)
 * ```
 */
export function pageHeaders(res: ServerResponse, forms: 'own-origin' | 'to-clients' = 'own-origin'): void {
  const formAction = forms === 'own-origin' ? "; form-action 'self'" : ''
  res.setHeader(
    'Content-Security-Policy',
    `default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'self'; style-src 'self'${formAction}`,
  )
  res.setHeader('Cache-Control', 'no-store')
  commonHeaders(res)
}

/**
 * What holds for every answer. There is no Cross-Origin-Opener-Policy: clients such as Synology DSM sign in through a
 * pop-up, and any policy but the default would cut it off from the window that waits for it.
 *
 * @example
 * ```ts
 * commonHeaders(res)
 * res.end(JSON.stringify(answer))
 * ```
 */
export function commonHeaders(res: ServerResponse): void {
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Frame-Options', 'DENY')
  res.setHeader('Referrer-Policy', 'same-origin')
  res.setHeader('Permissions-Policy', 'publickey-credentials-get=(self), publickey-credentials-create=(self)')
}
