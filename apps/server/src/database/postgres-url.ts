/** Describes a PostgreSQL database without its password. */
export function describePostgres(url: string): string {
  const { host, pathname } = new URL(url)
  return `The PostgreSQL database ${host}${pathname}`
}

/**
 * Treats `sslmode=require` like PostgreSQL's own clients: encrypted, with any certificate. The driver would verify
 * the certificate, and reject the private certificates of many hosting providers. `verify-full` verifies it.
 * https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export function withDefaultTls(url: string): string {
  const { searchParams } = new URL(url)
  if (searchParams.get('sslmode') !== 'require' || searchParams.has('uselibpqcompat')) return url
  return `${url}&uselibpqcompat=true`
}

/** For connections that read or write all rows: their statements take as long as they need. */
export function withoutTimeouts(url: string): string {
  const parsed = new URL(url)
  for (const name of ['statement_timeout', 'query_timeout']) parsed.searchParams.set(name, '0')
  return parsed.href
}
