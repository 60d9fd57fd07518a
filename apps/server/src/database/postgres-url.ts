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
