import type { Client } from '@pocket/core'
import { InvalidInputError } from '@pocket/core/errors'
import { accessTokenMinutes } from '@pocket/core/internal'

/** The behavior that a client keeps because its application may have relied on it at Pocket ID. */
const keptFeatures = ['plainPkce', 'jwtAccessTokens'] as const
export type KeptFeature = (typeof keptFeatures)[number]

/** The notice on the page of a client until an administrator has turned everything off. */
export interface Compatibility {
  readonly features: readonly KeptFeature[]
  readonly accessTokenMinutes: number
  readonly refreshTokenMinutes: number
}

/** `null` if nothing was kept. */
export function compatibilityOf(client: Client): Compatibility | null {
  const features = keptFeatures.filter((feature) => client.protocol[feature])
  if (features.length === 0) return null
  return {
    features,
    accessTokenMinutes: accessTokenMinutes(client),
    refreshTokenMinutes: client.refreshTokenDurationMinutes,
  }
}

/** @throws {InvalidInputError} `validation_failed` */
export function keptFeatureOf(text: string): KeptFeature {
  const feature = keptFeatures.find((each) => each === text)
  if (feature === undefined) throw new InvalidInputError('validation_failed', 'The field feature is not valid.')
  return feature
}
