// The service's own page: who is signed in. Core serves `/login`, with codes, sign-up and new passkeys.
export async function home(pocket, req, res) {
  const session = await pocket.session(req, res)
  const loginPage = `${new URL(pocket.issuer).pathname.replace(/\/$/, '')}/login`
  res.setHeader('Content-Type', 'text/html; charset=utf-8')
  res.end(session ? `Hello ${session.account.userName}` : `<a href="${loginPage}?redirect=/">Sign in</a>`)
}
