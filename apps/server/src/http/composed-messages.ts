/** Messages of the form “label · label”. A part that is no message is a name, such as JARM. */
const joined: Readonly<Record<string, readonly string[]>> = {
  'auditLog.fields.clientPermissionIds': ['apis.own', 'apis.permissions'],
  'auditLog.fields.userDelegatedPermissionIds': ['apis.delegated', 'apis.permissions'],
  'clientForm.labels.authorizationEncryptedResponse': ['JARM', 'settings.labels.smtpTls'],
  'clientForm.labels.authorizationSignedResponseAlg': ['JARM', 'settings.labels.signingAlgorithm'],
  'clientForm.labels.idTokenEncryptedResponse': ['clientTest.steps.idToken', 'settings.labels.smtpTls'],
  'clientForm.labels.idTokenSignedResponseAlg': ['clientTest.steps.idToken', 'settings.labels.signingAlgorithm'],
  'clientForm.labels.introspectionSignedResponseAlg': ['Introspection', 'settings.labels.signingAlgorithm'],
  'clientForm.labels.userinfoEncryptedResponse': ['clientTest.steps.userInfo', 'settings.labels.smtpTls'],
  'clientForm.labels.userinfoSignedResponseAlg': ['clientTest.steps.userInfo', 'settings.labels.signingAlgorithm'],
  'clientForm.options.allow.users_and_service_tokens': ['frame.rail.users', 'clientForm.options.allow.service_tokens'],
  'ldap.parts.changed': ['frame.rail.users', 'done.changed'],
  'ldap.parts.created': ['frame.rail.users', 'done.added'],
  'ldap.parts.disabled': ['frame.rail.users', 'done.disabled'],
  'ldap.parts.enabled': ['frame.rail.users', 'done.enabled'],
  'ldap.parts.groupsChanged': ['frame.rail.groups', 'done.changed'],
  'ldap.parts.groupsCreated': ['frame.rail.groups', 'done.added'],
  'ldap.parts.groupsRemoved': ['frame.rail.groups', 'done.deleted'],
  'ldap.parts.membersAdded': ['kinds.membership', 'done.added'],
  'ldap.parts.membersRemoved': ['kinds.membership', 'done.ended'],
  'ldap.parts.removed': ['frame.rail.users', 'done.deleted'],
}

/** Messages of the form “In 2 days”, by their number of days. */
const inDays: Readonly<Record<string, number>> = {
  'overview.ends.text': 30,
  'settings.options.recoveryByEmail.1d': 1,
  'settings.options.recoveryByEmail.2d': 2,
  'settings.options.recoveryByEmail.3d': 3,
  'settings.options.recoveryByEmail.7d': 7,
}

/** The messages of a language with those composed of them, if it has all parts. No catalog contains these. */
export function withComposedMessages(messages: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const composed = new Map(messages)
  const language = messages.get('language')
  const relative = new Intl.RelativeTimeFormat(language)
  for (const [key, days] of Object.entries(inDays)) {
    const [first = '', ...rest] = relative.format(days, 'day')
    composed.set(key, first.toLocaleUpperCase(language) + rest.join(''))
  }
  for (const [key, parts] of Object.entries(joined)) {
    const texts = parts.map((part) => (part.includes('.') ? messages.get(part) : part))
    if (!texts.includes(undefined)) composed.set(key, texts.join(' · '))
  }
  return composed
}
