import { join } from 'node:path'
import type { Reader } from './reader.ts'
import { InvalidValueError, parseBoolean, parseEnum, type RawValue, type Section, type Variable } from './variable.ts'

const parseText = ({ text }: RawValue) => text

const backend: Variable<'database' | 'filesystem' | 's3'> = {
  name: 'FILE_BACKEND',
  type: '`database`, `filesystem` or `s3`',
  default: 'database',
  description:
    'Where pictures and logos are stored: in the database, so that its backup is complete; in a folder; or in an S3-compatible bucket. Existing files are not moved when this changes.',
  parse: parseEnum(['database', 'filesystem', 's3']),
}

const uploadPath: Variable<string> = {
  name: 'UPLOAD_PATH',
  type: 'path',
  default: 'uploads in the data folder',
  description: 'The folder for `FILE_BACKEND=filesystem`; with `s3`, the prefix of object keys.',
  parse: parseText,
}

const bucket = s3Variable('S3_BUCKET', 'The name of the bucket. Required with `FILE_BACKEND=s3`.')
const region: Variable<string> = { ...s3Variable('S3_REGION', 'The region of the bucket.'), default: 'us-east-1' }
const accessKeyId = s3Variable('S3_ACCESS_KEY_ID', 'The ID of the access key. Required with `FILE_BACKEND=s3`.')
const secretAccessKey: Variable<string> = {
  ...s3Variable('S3_SECRET_ACCESS_KEY', 'The secret of the access key. Required with `FILE_BACKEND=s3`.'),
  secret: true,
}
const endpoint: Variable<string> = {
  name: 'S3_ENDPOINT',
  type: 'URL',
  default: 'the AWS endpoint',
  description: 'The endpoint of the storage, such as `https://minio.example.com`. The default scheme is https.',
  parse: parseEndpoint,
}
const forcePathStyle: Variable<boolean> = {
  name: 'S3_FORCE_PATH_STYLE',
  type: 'boolean',
  default: 'false',
  description: 'Whether the bucket is part of the path instead of the host name, as MinIO requires.',
  parse: parseBoolean,
}
const disableDefaultIntegrityChecks: Variable<boolean> = {
  name: 'S3_DISABLE_DEFAULT_INTEGRITY_CHECKS',
  type: 'boolean',
  default: 'false',
  description: 'Accepted for compatibility. Uploads are always signed with their SHA-256 and carry no other checksum.',
  parse: parseBoolean,
}

export const filesSection = {
  title: 'Pictures',
  variables: {
    backend,
    uploadPath,
    bucket,
    region,
    endpoint,
    accessKeyId,
    secretAccessKey,
    forcePathStyle,
    disableDefaultIntegrityChecks,
  },
} satisfies Section

export interface S3Config {
  readonly bucket: string
  readonly region: string
  /** `undefined` for AWS. */
  readonly endpoint: string | undefined
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly forcePathStyle: boolean
  readonly prefix: string
}

export interface FilesConfig {
  readonly files:
    | { readonly kind: 'database' }
    | { readonly kind: 'filesystem'; readonly folder: string }
    | ({ readonly kind: 's3' } & S3Config)
}

export function readFiles(reader: Reader, dataFolder: string): FilesConfig {
  const kind = reader.read(backend) ?? 'database'
  const path = reader.read(uploadPath)
  const s3 = {
    bucket: reader.read(bucket) ?? '',
    region: reader.read(region) ?? 'us-east-1',
    endpoint: reader.read(endpoint),
    accessKeyId: reader.read(accessKeyId) ?? '',
    secretAccessKey: reader.read(secretAccessKey) ?? '',
    forcePathStyle: reader.read(forcePathStyle) ?? false,
    prefix: path ?? '',
  }
  reader.read(disableDefaultIntegrityChecks)
  if (kind === 'database') return { files: { kind } }
  if (kind === 'filesystem') return { files: { kind, folder: path ?? join(dataFolder, 'uploads') } }
  for (const variable of [bucket, accessKeyId, secretAccessKey]) requireVariable(reader, variable)
  return { files: { kind, ...s3 } }
}

function requireVariable(reader: Reader, { name, ...variable }: Variable<string>): void {
  if (reader.isSet({ name, ...variable })) return
  reader.problems.push({
    variable: name,
    reason: `it is not set, and ${backend.name} is s3`,
    remedy: `Set ${name}, or set ${backend.name} to database.`,
  })
}

function s3Variable(name: string, description: string): Variable<string> {
  return { name, type: 'text', default: 'none', description, parse: parseText }
}

function parseEndpoint({ text }: RawValue): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidValueError(
      `"${text}" is not an http or https URL`,
      'Write a URL, such as https://minio.example.com.',
    )
  return url.href
}
