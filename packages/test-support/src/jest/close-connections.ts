// A server may close an idle connection just as a request is sent on it (RFC 9112 section 9.3.1), and `fetch` does not retry
// a POST. Idle times depend on the machine, so tests never reuse connections.
const { fetch } = globalThis

globalThis.fetch = (input, init) => {
  const request = new Request(input, init)
  request.headers.set('connection', 'close')
  return fetch(request)
}
