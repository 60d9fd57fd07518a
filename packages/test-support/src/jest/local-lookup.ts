import dns from 'node:dns'

// Servers of tests listen on localhost, and each request has its own connection: asking the system for the address takes a
// twentieth of the CPU time of a run.
const { lookup } = dns
const patched = Symbol.for('@pocket/test-support/local-lookup')
// The globals of a test file are removed at its end. Not the next tick: a server of this process could not end its transaction.
const { setImmediate } = globalThis

type Callback = (error: null, address: string | readonly dns.LookupAddress[], family?: number) => void

if (!(patched in lookup))
  dns.lookup = Object.assign(
    (hostname: string, options: dns.LookupOptions, callback: Callback) => {
      // The cast is safe: the overloads of `lookup` are not a union.
      if (hostname !== 'localhost' || typeof callback !== 'function')
        return lookup(hostname, options, callback as never)
      const found = { address: '127.0.0.1', family: 4 }
      setImmediate(() => (options.all ? callback(null, [found]) : callback(null, found.address, found.family)))
    },
    lookup,
    { [patched]: true },
  ) as typeof lookup
