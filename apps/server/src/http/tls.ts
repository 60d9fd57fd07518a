import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import type { Server } from 'node:https'
import type { TlsConfig } from '../config/tls.ts'
import type { Logger } from '../logging/logger.ts'

/** How often the files are checked, in milliseconds: certificates are renewed days before they expire. */
const interval = 1000

export function certificatesOf({ cert, key }: Pick<TlsConfig, 'cert' | 'key'>) {
  return { cert, key, minVersion: 'TLSv1.3' } as const
}

/** Uses renewed certificates for new connections. Until both files fit together, the previous ones stay in use. */
export function reloadCertificates(
  server: Server,
  { certFile, keyFile }: TlsConfig,
  logger: Pick<Logger, 'info' | 'warn'>,
): Disposable {
  const files = [certFile, keyFile].filter((file) => file !== undefined)
  const reload = () => {
    if (certFile === undefined || keyFile === undefined) return
    try {
      server.setSecureContext(certificatesOf({ cert: readFileSync(certFile), key: readFileSync(keyFile) }))
      logger.info('The TLS certificate was read again')
    } catch (error) {
      logger.warn({ err: error }, 'The TLS certificate could not be read again; the previous one is used')
    }
  }
  // Polling follows the symbolic links by which Kubernetes and certbot replace files.
  for (const file of files) watchFile(file, { interval, persistent: false }, reload)
  return {
    [Symbol.dispose]() {
      for (const file of files) unwatchFile(file, reload)
    },
  }
}
