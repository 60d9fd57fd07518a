// A client to try it with, and a code for the first sign-in. Prints the URLs.
export async function invite(pocket, id) {
  const client = await pocket.clients.create({
    name: 'Photos',
    redirectUris: ['http://localhost:9999/callback'],
    isPublic: true,
  })
  const { code } = await pocket.issueLoginCode({ id }, 15 * 60_000)
  console.log(`ready ${JSON.stringify({ issuer: pocket.issuer, clientId: client.id, code })}`)
}
