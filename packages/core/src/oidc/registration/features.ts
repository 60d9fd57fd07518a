import type { Configuration } from 'oidc-provider'
import { randomToken, uuid } from '../../random.ts'
import type { Registrar } from './registrar.ts'

type Features = NonNullable<Configuration['features']>

/**
 * What the library is told about registration. It cannot ask who may register while it runs, so that it asks for no token
 * itself: the registrar does, before anything that was sent is looked at.
 */
export function registrationFeatures(registrar: Registrar): Pick<Features, 'registration' | 'registrationManagement'> {
  return {
    registration: {
      enabled: true,
      initialAccessToken: false,
      idFactory: () => uuid(),
      secretFactory: () => `pk_${randomToken()}`,
      async issueRegistrationAccessToken(ctx) {
        await registrar.admit(ctx)
        return true
      },
    },
    // A client that never gets the answer must not lose its token.
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
  }
}
