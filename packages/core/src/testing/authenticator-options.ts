import {
  absoluteUrl,
  boolean,
  callable,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  optionsOf,
  text,
} from '../arguments.ts'
import { type AuthenticatorKey, coseAlgorithms, type PasskeyAlgorithm } from './authenticator-key.ts'

/** The properties of the authenticator. The defaults match a synced passkey on a phone or laptop. */
export interface SoftwareAuthenticatorOptions {
  /** Default `ES256`. */
  readonly algorithm?: PasskeyAlgorithm | undefined
  /** Whether it can verify its user by face, fingerprint or PIN; if so, it always does. Default `true`. */
  readonly userVerification?: boolean | undefined
  /** Whether its passkeys can be backed up (the BE flag). Default `true`. */
  readonly backupEligible?: boolean | undefined
  /** Whether its passkeys are currently backed up (the BS flag). Default: the value of `backupEligible`. */
  readonly backedUp?: boolean | undefined
  /** `zero` always reports 0, as synced passkeys do; `counting` starts at 1 and increases. Default `zero`. */
  readonly counter?: 'zero' | 'counting' | undefined
  /** The authenticator model, as a UUID. Default: all zeros. */
  readonly aaguid?: string | undefined
  /** Default `['internal', 'hybrid']`. */
  readonly transports?: readonly string[] | undefined
  /** Default `platform`. */
  readonly attachment?: 'platform' | 'cross-platform' | undefined
  /** Creates the attestation statements (Web Authentication Level 3 §6.5). Default: the format `none`. */
  readonly attest?: Attest | undefined
}

/** The data that an authenticator attests. */
export interface Attested {
  readonly authenticatorData: Uint8Array
  /** SHA-256 of the client data. */
  readonly clientDataHash: Uint8Array
  readonly rpIdHash: Uint8Array
  readonly credentialId: Uint8Array
  readonly key: AuthenticatorKey
}

/** The fields of an attestation statement, in the order that they are encoded (WebAuthn Level 3 §8). */
export type AttestationStatement = Readonly<Record<string, number | string | Uint8Array | Uint8Array[]>>

/** Creates an attestation statement. */
export type Attest = (attested: Attested) => { readonly fmt: string; readonly statement: AttestationStatement }

/** Deviations that a test requests in a ceremony. Absent members keep the correct behavior. */
export interface CeremonyMisbehavior {
  /** Replaces the page's origin in the client data. */
  readonly origin?: string | undefined
  /** Replaces the requested RP ID in the authenticator data. */
  readonly rpId?: string | undefined
  /** Replaces the given challenge in the client data, in base64url. */
  readonly challenge?: string | undefined
  /** The UV flag, regardless of the request and of the authenticator's capabilities. */
  readonly userVerified?: boolean | undefined
  /** The UP flag. */
  readonly userPresent?: boolean | undefined
}

/** Additional deviations of an authentication ceremony. */
export interface AuthenticationMisbehavior extends CeremonyMisbehavior {
  /** Changes the last byte of the signature. */
  readonly tamperedSignature?: boolean | undefined
  /** The reported signature counter, for example a value lower than the previous one. */
  readonly counter?: number | undefined
  /** Replaces the passkey's user handle, in base64url; `null` omits it. */
  readonly userHandle?: string | null | undefined
}

/** The page that requests a registration, and the deviations to apply. */
export interface RegistrationContext {
  /** The origin of the requesting page, such as `https://id.example.com`. */
  readonly origin: string
  readonly misbehavior?: CeremonyMisbehavior | undefined
}

/** The page that requests an authentication, and the deviations to apply. */
export interface AuthenticationContext {
  /** The origin of the requesting page, such as `https://id.example.com`. */
  readonly origin: string
  /** The passkey that the user selects, in base64url. Default: the newest matching passkey. */
  readonly credentialId?: string | undefined
  readonly misbehavior?: AuthenticationMisbehavior | undefined
}

const challenge = text('challenge')
const validateCredentials = (name: string) => optional(list(name, object(`each of ${name}`, { id: text('id') })))
const pubKeyCredParams = list('pubKeyCredParams', object('each of pubKeyCredParams'))
export const creationOptions = object('options', {
  challenge,
  rp: object('rp'),
  user: object('user'),
  pubKeyCredParams,
  excludeCredentials: validateCredentials('excludeCredentials'),
})
export const requestOptions = object('options', {
  challenge,
  allowCredentials: validateCredentials('allowCredentials'),
})
export const authenticatorOptions = optionsOf('SoftwareAuthenticator', {
  algorithm: optional(oneOf('algorithm', Object.keys(coseAlgorithms))),
  userVerification: optional(boolean('userVerification')),
  backupEligible: optional(boolean('backupEligible')),
  backedUp: optional(boolean('backedUp')),
  counter: optional(oneOf('counter', ['zero', 'counting'])),
  aaguid: optional(text('aaguid')),
  transports: optional(list('transports')),
  attachment: optional(oneOf('attachment', ['platform', 'cross-platform'])),
  attest: optional(callable('attest')),
} satisfies Record<keyof SoftwareAuthenticatorOptions, unknown>)
const ceremonyMisbehavior = {
  origin: optional(text('origin')),
  rpId: optional(text('rpId')),
  challenge: optional(challenge),
  userVerified: optional(boolean('userVerified')),
  userPresent: optional(boolean('userPresent')),
} satisfies Record<keyof CeremonyMisbehavior, unknown>
export const registrationContext = optionsOf(
  'SoftwareAuthenticator.create',
  {
    origin: absoluteUrl('origin'),
    misbehavior: optional(optionsOf('misbehavior', ceremonyMisbehavior, 'misbehavior')),
  },
  'context',
)
export const authenticationContext = optionsOf(
  'SoftwareAuthenticator.get',
  {
    origin: absoluteUrl('origin'),
    credentialId: optional(text('credentialId')),
    misbehavior: optional(
      optionsOf(
        'misbehavior',
        {
          ...ceremonyMisbehavior,
          tamperedSignature: optional(boolean('tamperedSignature')),
          counter: optional(integer('counter', 'must be an integer from 0 to 4294967295', { min: 0, max: 0xffffffff })),
          userHandle: optional(nullable(text('userHandle'))),
        } satisfies Record<keyof AuthenticationMisbehavior, unknown>,
        'misbehavior',
      ),
    ),
  },
  'context',
)
