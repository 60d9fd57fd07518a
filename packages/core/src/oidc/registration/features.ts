import type { Configuration } from 'oidc-provider'
import { randomToken, uuid } from '../../random.ts'
import type { Registrar } from './registrar.ts'

type Features = NonNullable<Configuration['features']>

/**
 * The registration options of the library. Its initial access token option is static, so the registrar checks the policy and
 * the token itself before the metadata is processed.
 */
export function registrationFeatures(registrar: Registrar): Pick<Features, 'registration' | 'registrationManagement'> {
  return {
    registration: {
      enabled: true,
      initialAccessToken: false,
      idFactory: () => uuid(),
      secretFactory: () => `pk_${randomToken()}`,
      async issueRegistrationAccessToken(ctx) {
        await registrar.assertAllowed(ctx)
        return true
      },
    },
    // A client that misses the response must not lose its token.
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
  }
}
