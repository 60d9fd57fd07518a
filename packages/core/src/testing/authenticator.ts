import { createHash, randomBytes } from 'node:crypto'
import { isIP } from 'node:net'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialDescriptorJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
  UserVerificationRequirement,
} from '@simplewebauthn/server'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { argument, object } from '../arguments.ts'
import { type WithDefaults, withDefaults } from '../with-defaults.ts'
import {
  type AuthenticatorKey,
  coseAlgorithms,
  generateAuthenticatorKey,
  importAuthenticatorKey,
} from './authenticator-key.ts'
import {
  type Attest,
  type AttestationStatement,
  type AuthenticationContext,
  authenticationContext,
  authenticatorOptions,
  creationOptions,
  type RegistrationContext,
  registrationContext,
  requestOptions,
  type SoftwareAuthenticatorOptions,
} from './authenticator-options.ts'

const noAttestation: Attest = () => ({ fmt: 'none', statement: {} })

/** A passkey stored in the authenticator. */
export interface AuthenticatorPasskey {
  /** In base64url. */
  readonly id: string
  readonly rpId: string
  /** In base64url. */
  readonly userHandle: string
  readonly userName: string
}

/** A passkey of another authenticator. */
export interface ImportedPasskey extends AuthenticatorPasskey {
  /** The ES256 private key, as PKCS #8 in DER. */
  readonly privateKey: Uint8Array
}

interface Credential extends AuthenticatorPasskey {
  readonly key: AuthenticatorKey
  counter: number
}

interface AuthenticatorDataInput {
  readonly rpId: string
  readonly userVerified: boolean
  readonly userPresent: boolean
  readonly counter: number
  readonly attested?: Credential
}

/**
 * Emulates a browser with an authenticator: answers the options of a ceremony with real, signed responses (Web Authentication
 * Level 3 §5.1.3, §5.1.4, §6.3). Passkeys are always discoverable; attestation is `none` unless `attest` is set.
 *
 * It rejects the same requests as a browser, with `DOMException`s of the same names: `SecurityError` if the RP ID does not
 * match the origin or the origin is not trustworthy, `InvalidStateError` for an excluded passkey, `NotSupportedError` if no
 * algorithm is supported, `NotAllowedError` otherwise.
 *
 * @example
 * ```ts
 * const authenticator = new SoftwareAuthenticator()
 * const registration = authenticator.create(creationOptions, { origin: 'https://id.example.com' })
 * const authentication = authenticator.get(requestOptions, { origin: 'https://id.example.com' })
 * ```
 */
export class SoftwareAuthenticator {
  readonly #options: WithDefaults<SoftwareAuthenticatorOptions>
  #credentials: Credential[] = []

  constructor(options: SoftwareAuthenticatorOptions = {}) {
    authenticatorOptions(options)
    this.#options = withDefaults<SoftwareAuthenticatorOptions>(
      {
        algorithm: 'ES256',
        userVerification: true,
        backupEligible: true,
        backedUp: options.backupEligible ?? true,
        counter: 'zero',
        aaguid: '00000000-0000-0000-0000-000000000000',
        transports: ['internal', 'hybrid'],
        attachment: 'platform',
        attest: noAttestation,
      },
      options,
    )
  }

  /** The stored passkeys, oldest first. */
  get passkeys(): readonly AuthenticatorPasskey[] {
    return this.#credentials.map(({ id, rpId, userHandle, userName }) => ({ id, rpId, userHandle, userName }))
  }

  /** Adds a passkey that another authenticator created. */
  import(imported: ImportedPasskey): void {
    object('passkey', { privateKey: argument('privateKey', 'must be a Uint8Array', ArrayBuffer.isView) })(imported)
    const { privateKey, ...passkey } = imported
    this.#credentials.push({ ...passkey, key: importAuthenticatorKey(privateKey), counter: 0 })
  }

  /** Deletes a passkey, as a user can do in the device settings. */
  forget(credentialId: string): void {
    this.#credentials = this.#credentials.filter((credential) => credential.id !== credentialId)
  }

  /** Creates a passkey. It replaces an existing passkey with the same user handle at the same relying party. */
  create(options: PublicKeyCredentialCreationOptionsJSON, context: RegistrationContext): RegistrationResponseJSON {
    creationOptions(options)
    registrationContext(context)
    const rpId = relyingPartyId(options.rp.id, context.origin)
    this.#refuseToCreate(options, rpId)
    const credential: Credential = {
      id: randomBytes(16).toString('base64url'),
      rpId,
      userHandle: options.user.id,
      userName: options.user.name,
      key: generateAuthenticatorKey(this.#options.algorithm),
      counter: 0,
    }
    const isReplaced = (existing: Credential) => existing.rpId === rpId && existing.userHandle === credential.userHandle
    this.#credentials = [...this.#credentials.filter((existing) => !isReplaced(existing)), credential]

    const misbehavior = context.misbehavior ?? {}
    const authenticatorData = this.#authenticatorData({
      rpId: misbehavior.rpId ?? rpId,
      userVerified: misbehavior.userVerified ?? this.#options.userVerification,
      userPresent: misbehavior.userPresent ?? true,
      counter: this.#count(credential),
      attested: credential,
    })
    const clientDataJson = encodeClientData('webauthn.create', options.challenge, context)
    const { fmt, statement } = this.#options.attest({
      authenticatorData,
      clientDataHash: sha256(clientDataJson),
      rpIdHash: sha256(rpId),
      credentialId: Buffer.from(credential.id, 'base64url'),
      key: credential.key,
    })
    return {
      id: credential.id,
      rawId: credential.id,
      type: 'public-key',
      authenticatorAttachment: this.#options.attachment,
      clientExtensionResults: options.extensions?.credProps === true ? { credProps: { rk: true } } : {},
      response: {
        clientDataJSON: base64url(clientDataJson),
        attestationObject: base64url(
          isoCBOR.encode(
            new Map<string, string | Uint8Array | Map<string, AttestationStatement[string]>>([
              ['fmt', fmt],
              ['attStmt', new Map(Object.entries(statement))],
              ['authData', authenticatorData],
            ]),
          ),
        ),
        authenticatorData: base64url(authenticatorData),
        transports: [...this.#options.transports],
        publicKeyAlgorithm: credential.key.algorithm,
        publicKey: base64url(credential.key.spki),
      },
    }
  }

  /** Signs the challenge with a passkey of the relying party. */
  get(options: PublicKeyCredentialRequestOptionsJSON, context: AuthenticationContext): AuthenticationResponseJSON {
    requestOptions(options)
    authenticationContext(context)
    const rpId = relyingPartyId(options.rpId, context.origin)
    const misbehavior = context.misbehavior ?? {}
    this.#refuseWithoutVerification(options.userVerification)
    const credential = this.#pick(rpId, options.allowCredentials ?? [], context.credentialId)
    const counted = this.#count(credential)
    const authenticatorData = this.#authenticatorData({
      rpId: misbehavior.rpId ?? rpId,
      userVerified: misbehavior.userVerified ?? this.#options.userVerification,
      userPresent: misbehavior.userPresent ?? true,
      counter: misbehavior.counter ?? counted,
    })
    const clientDataJson = encodeClientData('webauthn.get', options.challenge, context)
    const signature = credential.key.sign(Buffer.concat([authenticatorData, sha256(clientDataJson)]))
    const userHandle = misbehavior.userHandle === undefined ? credential.userHandle : misbehavior.userHandle
    return {
      id: credential.id,
      rawId: credential.id,
      type: 'public-key',
      authenticatorAttachment: this.#options.attachment,
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(clientDataJson),
        authenticatorData: base64url(authenticatorData),
        signature: base64url(misbehavior.tamperedSignature === true ? tamperSignature(signature) : signature),
        ...(userHandle === null ? {} : { userHandle }),
      },
    }
  }

  #refuseToCreate(options: PublicKeyCredentialCreationOptionsJSON, rpId: string): void {
    const { algorithm, attachment } = this.#options
    const wanted = options.authenticatorSelection
    if (!options.pubKeyCredParams.some(({ alg }) => alg === coseAlgorithms[algorithm])) {
      throw new DOMException(`The relying party does not take ${algorithm}`, 'NotSupportedError')
    }
    if (wanted?.authenticatorAttachment !== undefined && wanted.authenticatorAttachment !== attachment) {
      throw new DOMException(`Only a ${wanted.authenticatorAttachment} authenticator is wanted`, 'NotAllowedError')
    }
    this.#refuseWithoutVerification(wanted?.userVerification)
    const excluded = new Set(options.excludeCredentials?.map(({ id }) => id))
    if (this.#credentials.some((existing) => existing.rpId === rpId && excluded.has(existing.id))) {
      throw new DOMException('A passkey of this authenticator is registered already', 'InvalidStateError')
    }
  }

  #refuseWithoutVerification(requirement: UserVerificationRequirement | undefined): void {
    if (requirement === 'required' && !this.#options.userVerification) {
      throw new DOMException('This authenticator cannot verify its user', 'NotAllowedError')
    }
  }

  #pick(rpId: string, allowed: readonly PublicKeyCredentialDescriptorJSON[], wanted?: string): Credential {
    const isAllowed = ({ id }: Credential) => allowed.length === 0 || allowed.some((descriptor) => descriptor.id === id)
    const found = this.#credentials
      .filter((credential) => credential.rpId === rpId && isAllowed(credential))
      .findLast((credential) => wanted === undefined || credential.id === wanted)
    if (found === undefined) {
      throw new DOMException(`No passkey for "${rpId}" fits the request`, 'NotAllowedError')
    }
    return found
  }

  #count(credential: Credential): number {
    if (this.#options.counter === 'counting') credential.counter += 1
    return credential.counter
  }

  #authenticatorData(input: AuthenticatorDataInput): Uint8Array {
    const { backupEligible, backedUp, aaguid } = this.#options
    const { attested } = input
    const flags =
      (input.userPresent ? 0x01 : 0) |
      (input.userVerified ? 0x04 : 0) |
      (backupEligible ? 0x08 : 0) |
      (backedUp ? 0x10 : 0) |
      (attested === undefined ? 0 : 0x40)
    const fixed = Buffer.concat([sha256(input.rpId), Uint8Array.of(flags), encodeBigEndian(input.counter, 4)])
    if (attested === undefined) return fixed
    const id = Buffer.from(attested.id, 'base64url')
    const model = Buffer.from(aaguid.replaceAll('-', ''), 'hex')
    return Buffer.concat([fixed, model, encodeBigEndian(id.length, 2), id, attested.key.cosePublicKey])
  }
}

function relyingPartyId(requestedId: string | undefined, origin: string): string {
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'https:' && hostname !== 'localhost' && !hostname.endsWith('.localhost')) {
    throw new DOMException(`Passkeys need https or localhost, not "${origin}"`, 'SecurityError')
  }
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) {
    throw new DOMException(`Passkeys need a host name, not the address in "${origin}"`, 'SecurityError')
  }
  const rpId = requestedId ?? hostname
  if (hostname !== rpId && !hostname.endsWith(`.${rpId}`)) {
    throw new DOMException(`The relying party id "${rpId}" does not belong to "${origin}"`, 'SecurityError')
  }
  return rpId
}

function encodeClientData(
  type: 'webauthn.create' | 'webauthn.get',
  challenge: string,
  { origin, misbehavior }: RegistrationContext,
): Uint8Array {
  const content = {
    type,
    challenge: misbehavior?.challenge ?? challenge,
    origin: misbehavior?.origin ?? origin,
    crossOrigin: false,
  }
  return Buffer.from(JSON.stringify(content), 'utf8')
}

function tamperSignature(signature: Uint8Array): Uint8Array {
  const copy = Buffer.from(signature)
  copy.writeUInt8(copy.readUInt8(copy.length - 1) ^ 1, copy.length - 1)
  return copy
}

function encodeBigEndian(value: number, length: number): Uint8Array {
  const encoded = Buffer.alloc(length)
  encoded.writeUIntBE(value, 0, length)
  return encoded
}

function sha256(data: string | Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest()
}

function base64url(data: Uint8Array): string {
  return Buffer.from(data).toString('base64url')
}
