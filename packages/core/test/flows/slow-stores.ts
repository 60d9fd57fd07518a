import { setTimeout } from 'node:timers/promises'
import type { PocketStores } from '@pocket/core'

/** Stores whose answers arrive late, so that between what was read and what is written others come in. */
export function slow(stores: PocketStores, milliseconds = 10): PocketStores {
  const { artifacts } = stores
  const find: typeof artifacts.find = async (key) => {
    const found = await artifacts.find(key)
    await setTimeout(milliseconds)
    return found
  }
  const late = new Proxy(artifacts, {
    get(target, name) {
      if (name === 'find') return find
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...stores, artifacts: late }
}
