import { createHash } from 'node:crypto'
import { Ajv } from 'ajv'
import { ArchiveError } from '../database/staged-database.ts'
import { type ArchiveEnd, type ArchiveHeader, type ArchiveRecord, formatName, formatVersion } from './archive-format.ts'

const name = { type: 'string', pattern: '^[a-z0-9_]{1,63}$' }
const strings = { type: 'array', items: { type: 'string' } }
const ajv = new Ajv({ allowUnionTypes: true })
const isHeader = ajv.compile<ArchiveHeader>({
  type: 'object',
  required: ['format', 'version', 'program', 'createdAt', 'fingerprint', 'migrations', 'tables'],
  properties: {
    format: { const: formatName },
    version: { type: 'integer', minimum: 1 },
    program: { type: 'string' },
    createdAt: { type: 'string' },
    fingerprint: { type: 'string', pattern: '^[0-9a-f]{16}$' },
    key: { type: 'string', pattern: '^[A-Za-z0-9+/]+=*$' },
    migrations: { type: 'object', additionalProperties: strings },
    tables: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'columns'],
        properties: {
          name,
          columns: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name', 'type'],
              properties: { name, type: { enum: ['boolean', 'number', 'text'] } },
            },
          },
        },
      },
    },
  },
})
const isRecord = ajv.compile<ArchiveRecord>({
  type: 'object',
  anyOf: [
    {
      required: ['table', 'rows'],
      properties: {
        table: name,
        rows: {
          type: 'array',
          items: { type: 'array', items: { type: ['boolean', 'number', 'string', 'null'] } },
        },
      },
    },
    {
      required: ['file', 'data'],
      properties: {
        // Without `..`: the name becomes a path.
        file: { type: 'string', maxLength: 200, pattern: '^[A-Za-z0-9-]+([./][A-Za-z0-9-]+)*$' },
        data: { type: 'string' },
      },
    },
    {
      required: ['end'],
      properties: {
        end: {
          type: 'object',
          required: ['rows', 'files', 'missing', 'sha256'],
          properties: {
            rows: { type: 'integer' },
            files: { type: 'integer' },
            missing: strings,
            sha256: { type: 'string' },
          },
        },
      },
    },
  ],
})

/** A picture is the longest line. */
const maxLineBytes = 128 * 1024 * 1024

export interface ArchiveReading {
  readonly header: ArchiveHeader
  /** The rows and files; ends after the checksum was verified. @throws {ArchiveError} if the archive is damaged */
  readonly records: AsyncGenerator<Exclude<ArchiveRecord, { readonly end: ArchiveEnd }>, ArchiveEnd>
}

/**
 * Reads the header of an archive, so that it can be checked before anything is read from it.
 *
 * @throws {ArchiveError} if it is not an archive, or one of a newer version
 */
export async function readArchive(content: AsyncIterable<Buffer>): Promise<ArchiveReading> {
  const lines = readLines(content)
  const hash = createHash('sha256')
  const first = await lines.next()
  const header = first.done ? undefined : parse(first.value)
  if (!isHeader(header)) throw new ArchiveError('This is not an archive of Pocket.')
  if (header.version > formatVersion)
    throw new ArchiveError(
      `The archive was written by a newer version (${header.program}). Import it with that version.`,
    )
  hash.update(first.value)
  return { header, records: readRecords(lines, hash) }
}

async function* readRecords(
  lines: AsyncGenerator<Buffer>,
  hash: ReturnType<typeof createHash>,
): ArchiveReading['records'] {
  let end: ArchiveEnd | undefined
  for await (const line of lines) {
    const record = end === undefined ? parse(line) : undefined
    if (!isRecord(record)) throw new ArchiveError('The archive is damaged.')
    if ('end' in record) {
      end = record.end
      if (hash.digest('base64url') !== end.sha256) throw new ArchiveError('The archive was altered or is damaged.')
    } else {
      hash.update(line)
      yield record
    }
  }
  if (end === undefined) throw new ArchiveError('The archive is truncated.')
  return end
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Each line with its line break. */
async function* readLines(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = []
  let size = 0
  for await (const chunk of content) {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...pending, chunk.subarray(start, end + 1)])
      pending = []
      size = 0
      start = end + 1
    }
    pending.push(chunk.subarray(start))
    size += chunk.length - start
    if (size > maxLineBytes) throw new ArchiveError('The archive is damaged.')
  }
  if (size > 0) yield Buffer.concat(pending)
}
