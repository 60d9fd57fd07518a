import type { Reader } from './reader.ts'
import type { Section, Variable } from './variable.ts'

const metadataUrl = 'https://mds3.fidoalliance.org/'

const metadataFile: Variable<string> = {
  name: 'FIDO_METADATA_FILE_PATH',
  type: 'path',
  default: 'none',
  description: `A file with the FIDO Metadata Service blob, for servers without internet access. Otherwise it is downloaded daily from ${metadataUrl} while \`PASSKEY_ATTESTATION\` is \`required\`. Its signature is verified.`,
  parse: ({ text }) => text,
}

export const passkeysSection = {
  title: 'Passkeys',
  variables: { metadataFile },
} satisfies Section

export interface PasskeysConfig {
  readonly fidoMetadata: { readonly file: string } | { readonly url: string }
}

export function readPasskeys(reader: Reader): PasskeysConfig {
  const file = reader.read(metadataFile)
  return { fidoMetadata: file === undefined ? { url: metadataUrl } : { file } }
}
