import type Provider from 'oidc-provider'
import { ConfigurationError } from '../../errors.ts'
import type { ProviderContext } from '../provider-context.ts'
import { accessTokenOverrides } from './access-tokens.ts'
import { backChannelLogoutOverrides } from './back-channel-logout.ts'
import { claimOverrides } from './claims.ts'
import { assertionAudienceOverrides, clientOverrides } from './clients.ts'
import { emptyScopeOverrides } from './empty-scopes.ts'
import { assertMember, replaceMember } from './members.ts'
import { replayDetectionOverrides } from './replay-detection.ts'
import { sessionOverrides } from './session-writes.ts'
import { storedModelOverrides } from './stored-models.ts'
import { type OverriddenMember, type Override, overrides } from './table.ts'

/**
 * Replaces the members of the table. The first one is replaced by the class of the provider (`refresh-handler.ts`), because the
 * library calls it in its constructor.
 *
 * @throws {ConfigurationError} naming the member that this version of oidc-provider lacks
 */
export function installOverrides(provider: Provider, context: ProviderContext): void {
  const rows: readonly Override[] = overrides
  for (const { member, uses = [] } of rows) for (const name of [member, ...uses]) assertMember(provider, name)
  const replacements: Readonly<Partial<Record<OverriddenMember, unknown>>> = {
    ...clientOverrides(context),
    ...backChannelLogoutOverrides(provider),
    ...claimOverrides(provider),
    ...accessTokenOverrides(provider, context),
    ...storedModelOverrides(provider),
    ...emptyScopeOverrides(provider),
    ...sessionOverrides(provider, context),
    ...replayDetectionOverrides(provider),
    ...assertionAudienceOverrides(provider, context),
  }
  for (const { member } of overrides) {
    if (member === 'Provider.prototype.registerGrantType') continue
    if (!replacements[member]) throw new ConfigurationError(`There is no replacement for ${member}.`)
    replaceMember(provider, member, replacements[member])
  }
}
