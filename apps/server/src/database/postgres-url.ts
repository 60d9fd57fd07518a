/** Names a PostgreSQL database without its password. */
export function describePostgres(url: string): string {
  const { host, pathname } = new URL(url)
  return `The PostgreSQL database ${host}${pathname}`
}

/**
 * Gives `sslmode=require` the meaning that PostgreSQL's own clients give it: encrypted, with any certificate. The driver
 * alone would check the certificate, and refuse the private ones of many hosters. `verify-full` checks it.
 * https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export function withDefaultTls(url: string): string {
  const { searchParams } = new URL(url)
  if (searchParams.get('sslmode') !== 'require' || searchParams.has('uselibpqcompat')) return url
  return `${url}&uselibpqcompat=true`
}
