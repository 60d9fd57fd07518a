// A server may close an idle connection at the moment a request is sent on it (RFC 9112 section 9.3.1), and `fetch` does not
// repeat a POST then. How long a connection is idle depends on the machine, so no request of a test reuses one.
const { fetch } = globalThis

globalThis.fetch = (input, init) => {
  const request = new Request(input, init)
  request.headers.set('connection', 'close')
  return fetch(request)
}
