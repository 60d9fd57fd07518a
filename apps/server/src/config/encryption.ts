import type { Reader } from './reader.ts'
import { InvalidValueError, type RawValue, type Section, type Variable } from './variable.ts'

const minBytes = 16

const encryptionKey: Variable<Buffer> = {
  name: 'ENCRYPTION_KEY',
  type: 'text or bytes',
  default: 'the content of `encryption_key` in the data folder, created at the first start',
  unit: 'bytes, at least 16',
  secret: true,
  description:
    'The master secret that encrypts the signing keys and all other stored secrets. Create one with `openssl rand -base64 32`. Keep a copy separate from the database: without it the database cannot be used.',
  parse: parseKey,
}

export const encryptionSection = {
  title: 'Encryption',
  variables: { encryptionKey },
} satisfies Section

/** The bytes of the master key, if set in the environment. */
export function readEncryptionKey(reader: Reader): Buffer | undefined {
  return reader.read(encryptionKey)
}

function parseKey({ bytes }: RawValue): Buffer {
  if (bytes.length < minBytes)
    throw new InvalidValueError(
      `it has ${bytes.length} bytes`,
      `Use at least ${minBytes} bytes; \`openssl rand -base64 32\` creates a suitable key.`,
    )
  return bytes
}
