import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'
import { replaceStored, type StoredPayload } from '../stored-payload.ts'
import { readMember } from './members.ts'
import { getSnapshot, setSnapshot } from './snapshots.ts'

type Instantiate = (this: unknown, payload?: Partial<StoredPayload>) => object

/** Makes sessions, grants and interactions remember the text they were read from, to detect concurrent changes. */
export function storedModelOverrides(provider: Provider) {
  const { save } = provider.Interaction.prototype
  const withSnapshot = (member: string): Instantiate => {
    // The cast is safe: the library's types omit this method.
    const instantiate = readMember(provider, member) as Instantiate
    return function (payload) {
      const instance = instantiate.call(this, payload)
      if (payload?.stored !== undefined && payload.jti !== undefined)
        setSnapshot(instance, { id: payload.jti, text: payload.stored })
      return instance
    }
  }
  return {
    'Session.instantiate': withSnapshot('Session.instantiate'),
    'Grant.instantiate': withSnapshot('Grant.instantiate'),
    'Interaction.instantiate': withSnapshot('Interaction.instantiate'),

    /** Prevents the library from storing an interaction again after it has ended. */
    async 'Interaction.prototype.save'(this: InstanceType<Provider['Interaction']>, ttl: number): Promise<string> {
      if (!getSnapshot(this)) return save.call(this, ttl)
      if (!(await replaceStored(this))) throw new errors.SessionNotFound('interaction session not found')
      return this.uid
    },
  }
}
