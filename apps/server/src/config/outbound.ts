import { isHostOrRange } from '@pocket/core/internal'
import type { Reader } from './reader.ts'
import { InvalidValueError, type RawValue, type Section, type Variable } from './variable.ts'

const allowedPrivateHosts: Variable<readonly string[]> = {
  name: 'ALLOWED_PRIVATE_HOSTS',
  type: 'list',
  default: 'none',
  description:
    'Private hosts that this server may request URLs from (logos, back-channel logout, JWKS, SCIM): host names, IP addresses and networks separated by commas, such as `nas.lan, 192.168.1.5, fd00::/8`. HTTP is allowed for these. All other private, loopback and link-local addresses are rejected.',
  parse: parseHosts,
}

export const outboundSection = {
  title: 'Outgoing requests',
  variables: { allowedPrivateHosts },
} satisfies Section

export interface OutboundConfig {
  /** Host names, IP addresses and CIDR ranges. */
  readonly allowedPrivateHosts: readonly string[]
}

export function readOutbound(reader: Reader): OutboundConfig {
  return { allowedPrivateHosts: reader.read(allowedPrivateHosts) ?? [] }
}

function parseHosts({ text }: RawValue): readonly string[] {
  const hosts = text.split(',').map((part) => part.trim())
  const invalid = hosts.find((host) => host !== '' && !isHostOrRange(host))
  if (invalid !== undefined)
    throw new InvalidValueError(
      `"${invalid}" is neither a host name nor an IP address nor a network`,
      'Write names, addresses and networks separated by commas, such as "nas.lan, 192.168.1.5, 10.0.0.0/8".',
    )
  return hosts.filter((host) => host !== '')
}
