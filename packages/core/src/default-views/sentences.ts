/** Error messages for users: one short sentence each. Administrators find the error code in the audit log. */
const messages: Readonly<Record<string, string>> = {
  account_disabled: 'This account can’t sign in at the moment. Ask the operator of this service.',
  account_not_found: 'This account no longer exists. Ask the operator of this service.',
  already_in_use: 'An account with this name or address already exists. Choose another one, or sign in.',
  canceled: 'No passkey was used, so nothing has changed. Try again when you’re ready.',
  challenge_expired: 'This page was open for too long. Load it again.',
  client_not_found: 'The application that sent you here isn’t known. Ask its operator.',
  code_invalid: 'This code is wrong, was already used, or has expired. Try again, or get another one.',
  consent_required: 'The application needs your consent first.',
  cross_site_request: 'This request came from another site, so it was rejected.',
  database_unavailable: 'We can’t reach our database at the moment. Nothing has changed. Try again soon.',
  cookies_blocked: 'A passkey needs cookies, which this browser blocks. Allow them for this page, then load it again.',
  in_app_browser: 'Passkeys don’t work in the browser of this app. Open this page in your own browser.',
  insecure_context: 'Passkeys need a secure connection, which this page doesn’t have.',
  interaction_expired: 'This sign-in has ended. Go back to the application and start again there.',
  invalid_client: 'The application that sent you here isn’t known. Ask its operator.',
  invalid_redirect_uri: 'The application requested a redirect URL that isn’t registered. Ask its operator.',
  misconfigured: 'This service is misconfigured. Ask the operator of this service.',
  network: 'The server can’t be reached. Check your connection and try again.',
  none_here: 'This device has no passkey for this site. Use the device that has it.',
  passkey_unknown: 'This passkey is no longer known here. Try another one.',
  rate_limited: 'Too many attempts. Wait a little and try again.',
  server_error: 'Something went wrong on our side. Try again in a moment.',
  sign_in_refused: 'This sign-in was denied. Ask the operator of this service.',
  timed_out: 'Your passkey timed out. Try again when you’re ready.',
  unsupported: 'This browser can’t use passkeys. Use a newer one.',
  validation_failed: 'Some values aren’t valid. Check them again.',
  wrong_device: 'This device has no passkey for this site. Use the device that has it.',
}

const fallback = 'That didn’t work, and nothing has changed. Try again, or go back to the application.'

export const ceremonyMessages: Readonly<Record<string, string>> = { ...messages, fallback }

export function errorMessage(code: string): string {
  return (Object.hasOwn(messages, code) ? messages[code] : undefined) ?? fallback
}
