import type Provider from 'oidc-provider'
import { ConfigurationError } from '../../errors.ts'
import type { LoginAccessTokenPorts } from '../login-access-tokens.ts'
import { accessTokenOverrides } from './access-tokens.ts'
import { type AssertionAudiencePorts, assertionAudienceOverrides } from './assertion-audiences.ts'
import { backChannelLogoutOverrides } from './back-channel-logout.ts'
import { claimOverrides } from './claims.ts'
import { type ClientOverridePorts, clientOverrides } from './clients.ts'
import { assertMember, replaceMember } from './members.ts'
import { replayDetectionOverrides } from './replay-detection.ts'
import { type SessionOverridePorts, sessionOverrides } from './session-writes.ts'
import { storedModelOverrides } from './stored-models.ts'
import { type OverriddenMember, type Override, overrides } from './table.ts'

export interface OverridePorts
  extends AssertionAudiencePorts,
    ClientOverridePorts,
    LoginAccessTokenPorts,
    SessionOverridePorts {}

/**
 * Replaces the members of the table. The first one is replaced by the class of the provider (`refresh-handler.ts`), because the
 * library calls it in its constructor.
 *
 * @throws {ConfigurationError} naming the member that this version of oidc-provider lacks
 */
export function installOverrides(provider: Provider, ports: OverridePorts): void {
  const rows: readonly Override[] = overrides
  for (const { member, uses = [] } of rows) for (const name of [member, ...uses]) assertMember(provider, name)
  const replacements: Readonly<Partial<Record<OverriddenMember, unknown>>> = {
    ...clientOverrides(ports),
    ...backChannelLogoutOverrides(provider),
    ...claimOverrides(provider),
    ...accessTokenOverrides(provider, ports),
    ...storedModelOverrides(provider),
    ...sessionOverrides(provider, ports),
    ...replayDetectionOverrides(provider),
    ...assertionAudienceOverrides(provider, ports),
  }
  for (const { member } of overrides) {
    if (member === 'Provider.prototype.registerGrantType') continue
    if (!replacements[member]) throw new ConfigurationError(`There is no replacement for ${member}.`)
    replaceMember(provider, member, replacements[member])
  }
}
