interface Describe {
  (name: string, tests: () => void): void
  skip(name: string, tests: () => void): void
}

/**
 * `describe` for tests that need an optional dependency. If it is missing, the tests are skipped and the reporter shows the
 * reason; under `CI=true` that is a failure.
 *
 * @param reason - The reason for skipping; `undefined` runs the tests.
 */
export function describeUnless(
  reason: string | undefined,
  describe: Describe,
): (name: string, tests: () => void) => void {
  if (reason === undefined) return describe
  return (name, tests) => describe.skip(`${name} [not run: ${reason}]`, tests)
}
