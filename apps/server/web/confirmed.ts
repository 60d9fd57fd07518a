import { authenticate, explain } from '@pocket/core/browser'

/** Where a fresh challenge comes from; there is none yet. */
const ceremony = {
  options: { challenge: '' },
  expiresAt: 0,
  refreshFrom: '/reauthenticate',
  submitTo: '/reauthenticate',
}

/** Does something, after a passkey was used once more where the server asks for that. */
export async function confirmed<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (explain(error).reason !== 'reauthentication_required') throw error
    await authenticate(ceremony)
    return act()
  }
}
