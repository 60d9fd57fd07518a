/** Error messages for users: one short sentence each. Administrators find the error code in the audit log. */
const messages: Readonly<Record<string, string>> = {
  account_disabled: 'This account can’t sign in at the moment. Ask whoever runs this service.',
  account_not_found: 'This account isn’t there any more. Ask whoever runs this service.',
  already_in_use: 'There is an account with this name or address already. Choose another one, or sign in.',
  cancelled: 'No passkey was used, so nothing has happened. Try again when you’re ready.',
  challenge_expired: 'This page has been open for too long. Load it again.',
  client_not_found: 'The application that sent you here isn’t known. Ask whoever runs it.',
  code_invalid: 'This code isn’t right, has been used, or is too old. Try again, or get another one.',
  consent_required: 'You have to allow the application to know you first.',
  cross_site_request: 'This request came from a page of another site, so it was left undone.',
  database_unavailable: 'We can’t reach our database at the moment. Nothing has changed. Try again soon.',
  cookies_blocked: 'A passkey needs cookies, which this browser blocks. Allow them for this page, then load it again.',
  in_app_browser: 'Passkeys don’t work in the browser of this app. Open this page in your own browser.',
  insecure_context: 'Passkeys need a secure connection, and this page has none.',
  interaction_expired: 'This sign-in has ended. Go back to the application and start again there.',
  invalid_client: 'The application that sent you here isn’t known. Ask whoever runs it.',
  invalid_redirect_uri: 'The application wants you back at an address that it hasn’t registered. Ask whoever runs it.',
  misconfigured: 'Something is set up wrongly on our side. Ask whoever runs this service.',
  network: 'The server can’t be reached. Check your connection and try again.',
  none_here: 'This device has no passkey for this site. Use the device that has it.',
  passkey_unknown: 'This passkey isn’t known here any more. Try another one.',
  rate_limited: 'There were too many attempts. Wait a little and try again.',
  server_error: 'Something went wrong on our side. Try again in a moment.',
  sign_in_refused: 'This sign-in was refused. Ask whoever runs this service.',
  timed_out: 'The time for using your passkey ran out. Try again when you’re ready.',
  unsupported: 'This browser can’t use passkeys. Use a newer one.',
  validation_failed: 'Something that was entered isn’t right. Look at it again.',
  wrong_device: 'This device has no passkey for this site. Use the device that has it.',
}

const fallback = 'That didn’t work, and nothing has happened. Try again, or go back to the application.'

/** The error messages for the script of the sign-in page. */
export const ceremonyMessages: Readonly<Record<string, string>> = { ...messages, fallback }

export function errorMessage(code: string): string {
  return (Object.hasOwn(messages, code) ? messages[code] : undefined) ?? fallback
}
