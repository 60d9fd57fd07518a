import { authenticate, explain } from '@pocket/core/browser'

/** There is no challenge yet: a fresh one is fetched from `refreshFrom`. */
const ceremony = {
  options: { challenge: '' },
  expiresAt: 0,
  refreshFrom: '/reauthenticate',
  submitTo: '/reauthenticate',
}

/** Runs an action, with re-authentication if the server requires it. */
export async function withReauthentication<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (explain(error).code !== 'reauthentication_required') throw error
    await authenticate(ceremony)
    return action()
  }
}

/** Loaded on demand, before a file is sent. */
export async function reauthenticate(): Promise<void> {
  await authenticate(ceremony)
}
