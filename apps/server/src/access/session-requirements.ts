/** Authentication requirements for sessions, in the order that they are checked; API keys are checked by their scopes only. */
export const sessionRequirements = {
  bootstrap:
    'Replaces the other requirements: within the last fifteen minutes, an administrator who never had a passkey, and whom an API key created, signed in to the session with a login code that an API key or the command line created.',
  passkey:
    'A passkey was used or registered in the session; or the set-up API started it within the last fifteen minutes, which also meets the next two requirements.',
  'recent-15-minutes': 'A passkey was used or registered in the session within the last fifteen minutes.',
  recent: 'A passkey was used or registered in the session within the last minute.',
  'add-passkey':
    'A passkey was used or registered in the session within the last minute; or no passkey was used in it, it was started within the last fifteen minutes by sign-up, set-up, an invitation, a login code or, if the account has no passkey, a host that vouches (`vouchFor`), and no passkey has been removed from the account since.',
} as const

export type SessionRequirement = keyof typeof sessionRequirements
