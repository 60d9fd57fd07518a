/** One-time access codes and sign-up tokens follow `/lc` or `/st`, also in misspelled or percent-encoded paths. */
const inPage = /(\/(?:(?:l|%6c)(?:c|%63)|(?:s|%73)(?:t|%74))[^/]*\/).+/i
/** The equivalent path in the REST API. */
const inOperation = /(\/one-time-access-[^/]*\/).+/i
/** The user code of a waiting device is the ID of its sign-in request. */
const inDeviceLogin = /(\/device-login\/requests\/)[^/]+/i

/** The path of a request without secrets, for the log. */
export function pathForLog(path: string): string {
  return path
    .replace(inPage, '$1[redacted]')
    .replace(inOperation, '$1[redacted]')
    .replace(inDeviceLogin, '$1[redacted]')
}
