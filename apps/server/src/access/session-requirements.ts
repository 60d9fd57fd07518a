/** What a session has to prove before it may call; API keys are judged by their scopes alone. */
export const sessionRequirements = {
  passkey: 'A passkey was used or registered in the session.',
  recent: 'A passkey was used or registered in the session within the last minute.',
  'add-passkey':
    'A passkey was used or registered in the session within the last minute, or none was and this is the first one of the session.',
} as const

export type SessionRequirement = keyof typeof sessionRequirements
