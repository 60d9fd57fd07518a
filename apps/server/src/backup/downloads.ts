import { PassThrough } from 'node:stream'
import type { AuditSink, Clock } from '@pocket/core'
import { ConfigurationError, InvalidInputError } from '@pocket/core/errors'
import type { Actor } from '../access/actor.ts'
import { backupName } from './backup-target.ts'
import type { Encryption } from './encryption.ts'
import type { ExportTarget } from './export-archive.ts'

export interface BackupDownloadDeps {
  /** The libraries of archives, which are loaded with the first download. */
  readonly load: () => Promise<{
    readonly encryption: typeof import('./encryption.ts')
    readonly writeArchive: (target: ExportTarget) => Promise<unknown>
  }>
  readonly audit: AuditSink
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** Milliseconds. A slow reader keeps a snapshot of the database open. */
const maxDuration = 3_600_000

export function createBackupDownloads({ load, audit, clock, onError }: BackupDownloadDeps) {
  let isActive = false
  return {
    /** @throws {InvalidInputError} `validation_failed` for the field `passphrase` or `recipient` */
    async validate(encryption: Encryption): Promise<void> {
      const { createEncrypter } = (await load()).encryption
      try {
        createEncrypter(encryption)
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error
        const problem =
          'passphrase' in encryption
            ? { field: 'passphrase', code: 'too_short' }
            : { field: 'recipient', code: 'invalid_format' }
        throw new InvalidInputError('validation_failed', error.message, {
          fields: [{ ...problem, message: error.message }],
        })
      }
    },

    /** Begins to write an archive; resolves to `undefined` while this server writes another one. */
    async start({ id: by, origin }: Actor, encryption: Encryption) {
      if (isActive) return undefined
      isActive = true
      try {
        const { encryption: library, writeArchive } = await load()
        const encryptionName = library.encryptionName(encryption)
        await audit.record({ event: 'data_exported', format: 'archive', encryption: encryptionName, by }, origin)
        const content = new PassThrough()
        // Ends when the reader has disconnected, too.
        writeArchive({ encryption, output: content, signal: AbortSignal.timeout(maxDuration) })
          .catch((error: unknown) => {
            content.destroy(error instanceof Error ? error : new Error(String(error)))
            onError(error)
          })
          .finally(() => {
            isActive = false
          })
        return { fileName: backupName(clock.now(), { isEncrypted: true }), content }
      } catch (error) {
        isActive = false
        throw error
      }
    },
  }
}

export type BackupDownloads = ReturnType<typeof createBackupDownloads>
