import type { S3Config } from '../config/files.ts'
import type { FileStore } from './file-store.ts'
import { assertOk, createS3Client } from './s3-client.ts'

export function s3FileStore(config: S3Config): FileStore {
  const client = createS3Client(config)
  return {
    async read(name) {
      const response = await client.send({ method: 'GET', name })
      if (response.status === 404) return undefined
      return Buffer.from(await (await assertOk(response, `read ${name}`)).arrayBuffer())
    },
    async write(name, body) {
      await assertOk(await client.send({ method: 'PUT', name, body }), `write ${name}`)
    },
    async remove(name) {
      const response = await client.send({ method: 'DELETE', name })
      if (response.status !== 404) await assertOk(response, `remove ${name}`)
    },
  }
}
