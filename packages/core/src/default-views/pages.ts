import type {
  AddPasskeyView,
  AuthorizationDetailView,
  ClaimView,
  ClientView,
  ConsentView,
  ErrorView,
  LoginCodeView,
  NotAllowedView,
  SelectAccountView,
  SignedOutView,
  SignInView,
  SignOutView,
  SignUpView,
  View,
} from '../views/views.ts'
import { dataBlock, type Html, html } from './html.ts'
import { ceremonyMessages, errorMessage } from './sentences.ts'

export interface Page {
  readonly title: string
  readonly main: Html
}

export function createPage(view: View): Page {
  switch (view.view) {
    case 'sign-in':
      return renderSignIn(view)
    case 'login-code':
      return renderLoginCode(view)
    case 'sign-up':
      return renderSignUp(view)
    case 'add-passkey':
      return renderAddPasskey(view)
    case 'consent':
      return renderConsent(view)
    case 'select-account':
      return renderSelectAccount(view)
    case 'not-allowed':
      return renderNotAllowed(view)
    case 'error':
      return renderError(view)
    case 'sign-out':
      return renderSignOut(view)
    case 'signed-out':
      return renderSignedOut(view)
  }
}

function renderSignIn(view: SignInView): Page {
  const { client, reason, otherMethodsUrl, signUpUrl, emailCode, cancelTo } = view
  return {
    title: 'Sign in',
    main: html`${renderClientName(client)}
${reason === 'again' && html`<p>Please confirm that it’s you.</p>`}
<p class="problem" id="problem" role="alert"></p>
<noscript><p class="problem">Passkeys need JavaScript. Turn it on for this site and load the page again.</p></noscript>
<p><button type="button" class="first" id="passkey">Sign in with a passkey</button></p>
${emailCode && html`<form method="post" action="${emailCode.submitTo}"><input type="hidden" name="redirect" value="${emailCode.redirect}"><label for="email">E-mail address</label><p><input id="email" name="email" type="email" autocomplete="email" required></p><button>Send me a code</button></form>`}
${otherMethodsUrl && html`<p><a href="${otherMethodsUrl}">Sign in another way</a></p>`}
${signUpUrl && html`<p><a href="${signUpUrl}">Create an account</a></p>`}
${cancelTo && renderButton(cancelTo, 'Cancel')}${client && renderClientLinks(client)}
${dataBlock('ceremony', view.ceremony)}${dataBlock('sentences', ceremonyMessages)}`,
  }
}

function renderLoginCode({ client, submitTo, problem, mailed, emailCode, backTo }: LoginCodeView): Page {
  return {
    title: 'Sign in with a code',
    main: html`${renderClientName(client)}
${mailed && html`<p role="status">If there’s an account with this address, a code is on its way. It works in this browser, for 15 minutes.</p>`}
${problem && html`<p class="problem" role="alert">${errorMessage(problem)}</p>`}
<form method="post" action="${submitTo}"><label for="code">Code</label><p><input id="code" name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" required></p><button class="first">Sign in</button></form>
${emailCode && html`<form method="post" action="${emailCode.submitTo}"><label for="email">E-mail address</label><p><input id="email" name="email" type="email" autocomplete="email" required></p><button>Send me a code</button></form>`}
<p><a href="${backTo}">Use a passkey</a></p>`,
  }
}

function renderSignUp({ client, ceremony, waiting, backTo }: SignUpView): Page {
  if (waiting)
    return {
      title: 'Your account is waiting for approval',
      main: html`<p role="status">Your account and passkey have been created. An administrator has to approve the account before you can sign in.</p>
<p><a class="button first" href="${backTo}">Back to sign-in</a></p>`,
    }
  return {
    title: 'Create an account',
    main: html`${renderClientName(client)}
<p class="problem" id="problem" role="alert"></p>
<noscript><p class="problem">Passkeys need JavaScript. Turn it on for this site and load the page again.</p></noscript>
<form id="sign-up"><label for="userName">User name</label><p><input id="userName" name="userName" autocomplete="username" autocapitalize="none" spellcheck="false" required></p>
<label for="displayName">Name</label><p><input id="displayName" name="displayName" autocomplete="name"></p>
<label for="email">E-mail address</label><p><input id="email" name="email" type="email" autocomplete="email"></p>
<button class="first">Create an account with a passkey</button></form>
<p><a href="${backTo}">I have an account</a></p>
${dataBlock('registration', ceremony)}${dataBlock('sentences', ceremonyMessages)}`,
  }
}

function renderAddPasskey({ account, ceremony, continueTo }: AddPasskeyView): Page {
  return {
    title: 'Create a passkey',
    main: html`<p>Next time, sign in as ${account.displayName || account.userName} with your fingerprint, your face or the PIN of your device.</p>
<p class="problem" id="problem" role="alert"></p>
<noscript><p class="problem">Passkeys need JavaScript. Turn it on for this site and load the page again.</p></noscript>
<p><button type="button" class="first" id="passkey">Create a passkey</button></p>
<p><a href="${continueTo}">Not now</a></p>${dataBlock('registration', ceremony)}${dataBlock('sentences', ceremonyMessages)}`,
  }
}

const claimNames = { name: 'Name', user_name: 'User name', email: 'E-mail address', groups: 'Groups' } as const

function renderClaim({ claim: kind, name, value, verified, isNew }: ClaimView): Html {
  if (kind === 'offline_access')
    return html`<dt>Access while you’re away</dt><dd>Until you take it back${isNew && ' (new)'}</dd>`
  const label = kind === 'other' ? name : claimNames[kind]
  return html`<dt>${label}</dt><dd>${[value].flat().join(', ')}${verified === false && ' (not verified)'}${isNew && ' (new)'}</dd>`
}

function renderDetail({ type, description, json }: AuthorizationDetailView): Html {
  return html`<h2>${description ?? type}</h2><pre>${json}</pre>`
}

function renderConsent(view: ConsentView): Page {
  const { client, account, claims, apis, authorizationDetails, allowedBefore, confirmOnly } = view
  const accountName = account.displayName || account.userName
  if (confirmOnly)
    return {
      title: `Continue to ${client.name}?`,
      main: html`${renderClientName(client)}
${renderButton(view.submitTo, `Continue as ${accountName}`, 'first')}${renderButton(view.cancelTo, 'Cancel')}${renderButton(view.switchTo, 'Use another account')}${renderClientLinks(client)}`,
    }
  return {
    title: `Allow ${client.name}?`,
    main: html`<p><strong>${client.name}</strong>${client.operator && ` (${client.operator})`} ${allowedBefore ? 'asks again, and' : ''} wants to know who you are.${client.destination && ` You’ll be sent to ${client.destination}.`}</p>
<p class="quiet">You’re signed in as ${accountName}.</p>
<dl>${claims.map(renderClaim)}</dl>
${apis.map(({ name, permissions, isNew }) => html`<h2>${name}${isNew && ' (new)'}</h2><ul>${permissions.map((permission) => html`<li>${permission.name}${permission.description && `: ${permission.description}`}${permission.isNew && !isNew && ' (new)'}</li>`)}</ul>`)}
${authorizationDetails.map(renderDetail)}
${renderButton(view.submitTo, 'Allow', 'first')}${renderButton(view.cancelTo, 'Don’t allow')}${renderButton(view.switchTo, 'Use another account')}${renderClientLinks(client)}`,
  }
}

function renderSelectAccount({
  client,
  accounts,
  chooseTo,
  signOutTo,
  otherDeviceUrl,
  cancelTo,
}: SelectAccountView): Page {
  const accountField = (id: string) => html`<input type="hidden" name="account" value="${id}">`
  return {
    title: 'Choose an account',
    main: html`${renderClientName(client)}
${accounts.map(
  ({ id, userName, displayName }) =>
    html`<form method="post" action="${chooseTo}">${accountField(id)}<button>${displayName || userName}${displayName && displayName !== userName && ` (${userName})`}</button></form>
<form method="post" action="${signOutTo}">${accountField(id)}<button class="minor">Sign ${displayName || userName} out</button></form>`,
)}
<p><a class="button" href="${otherDeviceUrl}">Use another account</a></p>${renderButton(cancelTo, 'Cancel')}`,
  }
}

function renderNotAllowed({ client, account, reason, secondPasskey, switchTo, cancelTo }: NotAllowedView): Page {
  const name = account.displayName || account.userName
  if (secondPasskey)
    return {
      title: 'Add a second passkey',
      main: html`<p>${client.name} opens once ${name} has two passkeys.</p>${secondPasskey.addUrl && html`<p><a class="button first" href="${secondPasskey.addUrl}">Add a passkey</a></p>`}${renderButton(switchTo, 'Use another account')}${renderButton(cancelTo, 'Go back')}`,
    }
  return {
    title: 'Not for this account',
    main: html`<p>${name} may not use ${client.name}.</p>${reason && html`<p>${reason}</p>`}${renderButton(switchTo, 'Use another account', 'first')}${renderButton(cancelTo, 'Go back')}`,
  }
}

function renderError({ code, details, requestId, retryAt, retryAfter, retriesItself, acceptWith }: ErrorView): Page {
  return {
    title: details.missing ? 'The application sent no redirect URI' : 'That didn’t work',
    main: html`<p role="alert">${errorMessage(code)}</p>
${retriesItself && html`<p>This page tries again by itself.</p>`}${retryAfter !== undefined && !retriesItself && html`<p>Try again in ${Math.max(1, Math.ceil(retryAfter / 60))} min.</p>`}
${details.received && html`<dl><dt>Received redirect URI</dt><dd>${details.received}</dd>${details.registered && html`<dt>Registered redirect URIs</dt><dd>${details.registered}</dd>`}</dl>`}
${retryAt && html`<p><a class="button first" href="${retryAt}">Start again</a></p>`}
${acceptWith && html`<form method="post" action="${acceptWith.submitTo}">${renderHiddenFields(acceptWith.hidden)}<button>Register this redirect URI</button></form>`}
<p class="quiet">${code}${requestId && `, ${requestId}`}</p>`,
  }
}

function renderSignOut({ client, submitTo, hidden: fields, confirm, refused }: SignOutView): Page {
  return {
    title: 'Sign out?',
    main: html`${client && html`<p>${client.name} asks you to sign out here too.</p>`}${refused && html`<p class="problem">The request of the application can’t be trusted (${refused.description}). If you sign out, you stay here.</p>`}
<form method="post" action="${submitTo}">${renderHiddenFields(fields)}<button class="first" name="${confirm.name}" value="${confirm.value}">Sign out</button></form>
<form method="post" action="${submitTo}">${renderHiddenFields(fields)}<button>Stay signed in</button></form>`,
  }
}

function renderSignedOut({ client }: SignedOutView): Page {
  return { title: 'Signed out', main: html`<p>You’ve been signed out${client && ` of ${client.name}`}.</p>` }
}

function renderClientName(client: ClientView | null): Html | null {
  return (
    client &&
    html`<p>to go on to <strong>${client.name}</strong>${client.destination && ` at ${client.destination}`}</p>`
  )
}

/** The declared host of an unverified application, and the links to its policy and terms. */
function renderClientLinks({ name, origin }: ClientView): Html | null {
  if (!origin) return null
  const { isKnown, host, policyUri, tosUri } = origin
  const link = (href: string | null, text: string) =>
    href && html`<li><a href="${href}" target="_blank" rel="noopener noreferrer">${text} of ${name}</a></li>`
  return html`${!isKnown && host && html`<p class="quiet">It says that it’s from ${host}. Nobody here has checked that.</p>`}
${(policyUri || tosUri) && html`<ul>${link(policyUri, 'Privacy policy')}${link(tosUri, 'Terms of service')}</ul>`}`
}

function renderButton(action: string, text: string, className = ''): Html {
  return html`<form method="post" action="${action}"><button class="${className}">${text}</button></form>`
}

function renderHiddenFields(fields: Readonly<Record<string, string>>): Html[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
}
