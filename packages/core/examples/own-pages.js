import { createServer } from 'node:http'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { home } from './home.js'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

// This service renders the sign-in page itself, and uses the default pages otherwise. The browser module needs a button with
// the ID `passkey`, the ceremony and the error messages.
function signInPage({ client, ceremony }, browserModule) {
  const data = (id, value) =>
    `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`
  return `<!doctype html><html lang="en"><title>Welcome back</title>
<main><h1>Welcome back</h1><p>${escaped(client?.name ?? 'We')} would like to know you.</p>
<p id="problem" role="alert"></p><button id="passkey">Use my passkey</button></main>
${data('ceremony', ceremony)}${data('sentences', { fallback: 'That didn’t work. Try again.' })}
<script type="module" src="${browserModule}"></script>`
}

const pocket = await createPocket({
  issuer: origin,
  masterKey,
  accounts,
  stores: memoryStores(),
  pages: {
    render: (view, _req, standard) =>
      view.view === 'sign-in' ? signInPage(view, standard.browserModule) : standard.page(view),
  },
})
const provider = pocket.callback()

createServer((req, res) => provider(req, res, () => home(pocket, req, res))).listen(port, () => invite(pocket, 'ada'))
