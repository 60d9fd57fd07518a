/** What a session has to prove before it may call; API keys are judged by their scopes alone. */
export const sessionRequirements = {
  passkey: 'A passkey was used or registered in the session.',
  recent: 'A passkey was used or registered in the session within the last minute.',
  'add-passkey':
    'A passkey was used or registered in the session within the last minute; or none was used in it, it began within the last fifteen minutes by sign-up, set-up, an invitation or a login code, and no passkey was removed from the account since.',
} as const

export type SessionRequirement = keyof typeof sessionRequirements
