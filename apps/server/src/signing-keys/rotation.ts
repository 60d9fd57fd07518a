import type { KeyReplacement, KeyReplacementOptions, Pocket } from '@pocket/core'

export interface KeyRotationOptions extends KeyReplacementOptions {
  /** The JOSE algorithm of the key to replace; by default the keys of all algorithms. */
  readonly algorithm?: string | undefined
}

/** Rotates the active signing keys. Returns the new keys; none if another request rotated them first. */
export async function rotateKeys(
  pocket: Pick<Pocket, 'replaceKeys' | 'signingKeys'>,
  { algorithm, ...options }: KeyRotationOptions,
): Promise<readonly KeyReplacement[]> {
  const keys = (await pocket.signingKeys()).filter(
    (key) => key.status === 'current' && (algorithm === undefined || key.algorithm === algorithm),
  )
  return pocket.replaceKeys(
    keys.map(({ kid }) => kid),
    options,
  )
}
