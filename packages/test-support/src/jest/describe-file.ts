import { describe, test } from '@jest/globals'

/** The part of jest-circus's state that this module changes. */
interface CircusState {
  currentDescribeBlock: { readonly children: readonly unknown[] }
}

/**
 * Registers the tests and hooks of a test file in a `describe` block, so that several files can share the modules that they
 * import. A file that cannot be loaded becomes a failed test.
 *
 * `describe` accepts no asynchronous function, so the block is entered through the state of jest-circus.
 */
export async function describeFile(name: string, load: () => Promise<unknown>): Promise<void> {
  const state = circusState()
  const parent = state.currentDescribeBlock
  describe(name, () => {})
  // A cast: the last child is the block that was just added.
  state.currentDescribeBlock = parent.children.at(-1) as CircusState['currentDescribeBlock']
  try {
    await load()
  } catch (error) {
    test('can be loaded', () => {
      throw error
    })
  } finally {
    state.currentDescribeBlock = parent
  }
}

function circusState(): CircusState {
  const symbol = Object.getOwnPropertySymbols(globalThis).find((each) => each.description === 'JEST_STATE_SYMBOL')
  const state: unknown = symbol && Reflect.get(globalThis, symbol)
  if (!isCircusState(state)) throw new Error('this version of jest-circus keeps its state elsewhere')
  return state
}

function isCircusState(value: unknown): value is CircusState {
  return typeof value === 'object' && value !== null && 'currentDescribeBlock' in value
}
