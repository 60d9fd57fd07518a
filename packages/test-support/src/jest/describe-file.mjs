const { describe, test } = globalThis

/**
 * Registers the tests and hooks of a test file in a `describe` block, so that several files can share the modules that they
 * import. A file that cannot be loaded becomes a failed test.
 *
 * `describe` accepts no asynchronous function, so the block is entered through the state of jest-circus.
 */
export async function describeFile(name, load) {
  const state = circusState()
  const parent = state.currentDescribeBlock
  describe(name, () => {})
  state.currentDescribeBlock = parent.children.at(-1)
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

function circusState() {
  const symbol = Object.getOwnPropertySymbols(globalThis).find((each) => each.description === 'JEST_STATE_SYMBOL')
  const state = symbol && globalThis[symbol]
  if (!state?.currentDescribeBlock?.children) throw new Error('this version of jest-circus keeps its state elsewhere')
  return state
}
