/**
 * The maximum duration of a test, in milliseconds. It only detects tests that hang, so it is long enough for a test that starts a
 * process dozens of times on a heavily loaded machine.
 */
export const testTimeout = 1_200_000

/**
 * The maximum wait inside a test, in milliseconds: less than {@link testTimeout}, so that the failure names the awaited
 * condition.
 */
export const waitTimeout = 180_000
