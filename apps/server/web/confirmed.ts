import { authenticate, explain } from '@pocket/core/browser'

/** The server adds a fresh challenge; there is none yet. */
const ceremony = {
  options: { challenge: '' },
  expiresAt: 0,
  refreshFrom: '/reauthenticate',
  submitTo: '/reauthenticate',
}

/** Runs an action, with re-authentication if the server requires it. */
export async function confirmed<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (explain(error).reason !== 'reauthentication_required') throw error
    await authenticate(ceremony)
    return act()
  }
}
