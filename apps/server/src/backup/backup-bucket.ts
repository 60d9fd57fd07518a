import { PassThrough, Readable } from 'node:stream'
import type { S3Config } from '../config/files.ts'
import { createS3Client } from '../files/s3-client.ts'
import { type BackupTarget, isBackupName, newestFirst } from './backup-target.ts'
import { uploadStream } from './s3-upload.ts'
import { elementsOf, textOf } from './s3-xml.ts'

/** The name of an empty object that marks a backup as checked: an object cannot be renamed. */
const markerOf = (name: string) => `${name}.checked`

/** Milliseconds. */
const transferTimeout = 4 * 3_600_000

/** At least 5 MiB in S3, except for the last part; 10,000 parts are allowed. */
const defaultPartBytes = 8 * 1024 * 1024

/** Keeps backups below `backups/` in an S3-compatible bucket. */
export function backupBucket(
  config: S3Config,
  { partBytes }: { readonly partBytes: number } = { partBytes: defaultPartBytes },
): BackupTarget {
  const client = createS3Client({ ...config, prefix: `${config.prefix}/backups` })
  const folder = `${client.keyOf('')}/`

  const listNames = async (signal: AbortSignal): Promise<readonly string[]> => {
    const names: string[] = []
    let token: string | undefined
    do {
      const query = { 'list-type': '2', prefix: folder, ...(token !== undefined && { 'continuation-token': token }) }
      const xml = await (await client.sendOk({ method: 'GET', query, signal })).text()
      names.push(...elementsOf(xml, 'Contents').map((object) => (textOf(object, 'Key') ?? '').slice(folder.length)))
      token = textOf(xml, 'NextContinuationToken')
    } while (token !== undefined)
    return names
  }
  const removeObject = async (name: string, signal?: AbortSignal) => {
    await client.sendOk({ method: 'DELETE', name, ...(signal && { signal }) })
  }

  return {
    name: config.bucket,
    async list(signal) {
      const names = new Set(await listNames(signal))
      return newestFirst([...names].filter((name) => names.has(markerOf(name))))
    },
    async removeLeftovers(signal) {
      const query = { uploads: '', prefix: folder }
      const response = await client.send({ method: 'GET', query, signal })
      const xml = await response.text()
      // Some storages have no such list, and some access keys must not read it.
      for (const upload of response.ok ? elementsOf(xml, 'Upload') : []) {
        const name = (textOf(upload, 'Key') ?? '').slice(folder.length)
        const uploadId = textOf(upload, 'UploadId') ?? ''
        if (isBackupName(name)) await client.sendOk({ method: 'DELETE', name, query: { uploadId }, signal })
      }
      const names = new Set(await listNames(signal))
      for (const name of names) if (isBackupName(name) && !names.has(markerOf(name))) await removeObject(name, signal)
    },
    async store(name, { write, check }, signal) {
      const content = new PassThrough()
      const results = await Promise.allSettled([
        uploadStream(client, content, { name, partBytes, signal }),
        write(content).catch((error: unknown) => {
          content.destroy(error instanceof Error ? error : new Error(String(error)))
          throw error
        }),
      ])
      let isChecked = false
      try {
        for (const result of results) if (result.status === 'rejected') throw result.reason
        const { body } = await client.sendOk({ method: 'GET', name, signal, timeout: transferTimeout })
        if (body === null) throw new Error(`The S3 storage returned nothing for ${name}`)
        // The stream types of Node and of browsers differ only in name.
        await check(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]))
        await client.sendOk({ method: 'PUT', name: markerOf(name), body: Buffer.alloc(0), signal })
        isChecked = true
      } finally {
        // If this fails as well, the next run removes it.
        if (!isChecked) await removeObject(name).catch(() => undefined)
      }
    },
    async remove(name, signal) {
      // Without its marker the backup is a leftover.
      await removeObject(markerOf(name), signal)
      await removeObject(name, signal)
    },
  }
}
