import type { Readable } from 'node:stream'
import type { S3Client } from '../files/s3-client.ts'
import { textOf } from './s3-xml.ts'

interface UploadOptions {
  readonly name: string
  readonly partBytes: number
  readonly signal: AbortSignal
}

/** Milliseconds for one part. */
const partTimeout = 5 * 60_000

/** Uploads a stream of unknown length with the memory of one part. The object appears only once it is complete. */
export async function uploadStream(client: S3Client, content: Readable, options: UploadOptions): Promise<void> {
  const { name, partBytes, signal } = options
  const parts = splitIntoParts(content, partBytes)
  const { value: first = Buffer.alloc(0), done } = await parts.next()
  if (done || first.length < partBytes) {
    await client.sendOk({ method: 'PUT', name, body: first, signal, timeout: partTimeout })
    return
  }
  const created = await client.sendOk({ method: 'POST', name, query: { uploads: '' }, signal })
  const uploadId = textOf(await created.text(), 'UploadId')
  if (uploadId === undefined) throw new Error('The S3 storage started no multipart upload')
  try {
    const tags: string[] = []
    const sendPart = async (body: Buffer) => {
      const query = { partNumber: String(tags.length + 1), uploadId }
      const response = await client.sendOk({ method: 'PUT', name, query, body, signal, timeout: partTimeout })
      tags.push(response.headers.get('etag') ?? '')
    }
    await sendPart(first)
    for await (const part of parts) await sendPart(part)
    const list = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`)
    const body = Buffer.from(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`)
    const completed = await client.sendOk({
      method: 'POST',
      name,
      query: { uploadId },
      body,
      signal,
      timeout: partTimeout,
    })
    const answer = await completed.text()
    // The status is sent before the result is known.
    if (answer.includes('<Error>'))
      throw new Error(`The S3 storage failed to complete ${name}: ${answer.slice(0, 500)}`)
  } catch (error) {
    // If this fails as well, the next run aborts the upload.
    await client.sendOk({ method: 'DELETE', name, query: { uploadId } }).catch(() => undefined)
    throw error
  }
}

/** Buffers of exactly this length; the last one may be shorter. */
async function* splitIntoParts(content: Readable, partBytes: number): AsyncGenerator<Buffer, undefined> {
  let pending: Buffer[] = []
  let length = 0
  for await (const chunk of content) {
    pending.push(chunk)
    length += chunk.length
    while (length >= partBytes) {
      const all = Buffer.concat(pending)
      yield all.subarray(0, partBytes)
      pending = [all.subarray(partBytes)]
      length -= partBytes
    }
  }
  if (length > 0) yield Buffer.concat(pending)
}
