import { waitTimeout } from '../timeouts.ts'

// A request to a server of the same test can take seconds on a busy machine, longer than the product waits (oidc-provider 2.5
// seconds). Tests of a timeout set one below two seconds.
const { timeout } = AbortSignal
const patched = Symbol.for('@pocket/test-support/request-timeouts')

if (!(patched in timeout))
  AbortSignal.timeout = Object.assign(
    (milliseconds: number) =>
      timeout.call(AbortSignal, milliseconds < 2000 ? milliseconds : Math.max(milliseconds, waitTimeout)),
    { [patched]: true },
  )
