import type { Reader } from './reader.ts'
import { InvalidValueError, type RawValue, type Section, type Variable } from './variable.ts'

const metadataUrl: Variable<string> = {
  name: 'FIDO_METADATA_URL',
  type: 'URL',
  default: 'https://mds3.fidoalliance.org/',
  description:
    'The URL of the FIDO Metadata Service blob, downloaded daily while `PASSKEY_ATTESTATION` is `required`. Its signature is verified.',
  parse: parseUrl,
}

const metadataFile: Variable<string> = {
  name: 'FIDO_METADATA_FILE_PATH',
  type: 'path',
  default: 'none',
  description: 'A file with that blob, for servers without internet access: nothing is downloaded.',
  parse: ({ text }) => text,
}

export const passkeysSection = {
  title: 'Passkeys',
  variables: { metadataUrl, metadataFile },
} satisfies Section

export interface PasskeysConfig {
  /** URL of the FIDO Metadata Service blob. */
  readonly fidoMetadata: { readonly file: string } | { readonly url: string }
}

export function readPasskeys(reader: Reader): PasskeysConfig {
  const file = reader.read(metadataFile)
  const url = reader.read(metadataUrl) ?? metadataUrl.default
  return { fidoMetadata: file === undefined ? { url } : { file } }
}

function parseUrl({ text }: RawValue): string {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new InvalidValueError(`"${text.slice(0, 200)}" is not an https URL`, `Write ${metadataUrl.default}.`)
  return url.href
}
