import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import type { S3Config } from '../config/files.ts'
import type { FileStore } from './file-store.ts'

const timeout = 15_000

/** Files in an S3-compatible bucket. */
export function s3FileStore(config: S3Config): FileStore {
  const { accessKeyId, secretAccessKey, region } = config
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 2 })
  const address = addressIn(config)

  const call = async (method: string, name: string, body?: Buffer): Promise<Response> => {
    const digest = createHash('sha256')
      .update(body ?? '')
      .digest('hex')
    return client.fetch(address(name), {
      method,
      headers: { 'x-amz-content-sha256': digest, ...(body && { 'content-type': 'application/octet-stream' }) },
      ...(body && { body: new Uint8Array(body) }),
      signal: AbortSignal.timeout(timeout),
    })
  }

  return {
    async read(name) {
      const answer = await call('GET', name)
      if (answer.status === 404) return undefined
      return Buffer.from(await (await succeeded(answer, `read ${name}`)).arrayBuffer())
    },
    async write(name, bytes) {
      await succeeded(await call('PUT', name, bytes), `write ${name}`)
    },
    async remove(name) {
      const answer = await call('DELETE', name)
      if (answer.status !== 404) await succeeded(answer, `remove ${name}`)
    },
  }
}

function addressIn({ endpoint, bucket, region, forcePathStyle, prefix }: S3Config): (name: string) => string {
  const base = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`)
  if (!forcePathStyle) base.hostname = `${bucket}.${base.hostname}`
  const parts = [base.pathname, forcePathStyle ? bucket : '', prefix].map((part) => part.replace(/^\/+|\/+$/g, ''))
  const path = parts.filter((part) => part !== '')
  return (name) => new URL(`/${[...path, name].join('/')}`, base).href
}

async function succeeded(answer: Response, what: string): Promise<Response> {
  if (answer.ok) return answer
  const said = (await answer.text()).slice(0, 500)
  throw new Error(`The S3 storage did not ${what}: ${answer.status} ${said}`)
}
