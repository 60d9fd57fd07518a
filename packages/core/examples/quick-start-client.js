import express from 'express'
import * as oidc from 'openid-client'

const insecure = { execute: [oidc.allowInsecureRequests] } // http, on localhost only
const pocket = await oidc.discovery(new URL('http://localhost:3000'), 'photos', undefined, oidc.None(), insecure)

const app = express()
app.get('/', async (_req, res) => {
  const verifier = oidc.randomPKCECodeVerifier()
  const code_challenge = await oidc.calculatePKCECodeChallenge(verifier)
  const redirect_uri = 'http://localhost:4000/callback'
  const request = { redirect_uri, scope: 'openid profile', code_challenge, code_challenge_method: 'S256' }
  res.cookie('verifier', verifier, { httpOnly: true }).redirect(oidc.buildAuthorizationUrl(pocket, request).href)
})
app.get('/callback', async (req, res) => {
  const [, pkceCodeVerifier] = /verifier=([\w-]+)/.exec(req.headers.cookie) ?? []
  const url = new URL(req.url, 'http://localhost:4000')
  const tokens = await oidc.authorizationCodeGrant(pocket, url, { pkceCodeVerifier })
  res.send(`Photos of ${tokens.claims().preferred_username}`)
})
app.listen(4000)
