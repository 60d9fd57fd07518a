import type { Client, ClientInput, ClientProtocol, ClientProtocolInput } from '@pocket/core'

/** What a section of the page changes of a client. */
export type ClientChange = Partial<Omit<ClientInput, 'protocol'>> & { readonly protocol?: ClientProtocolInput }

/** What a field holds: a text, or rows of texts. */
export type FieldValue = string | readonly (readonly string[])[]

export interface FieldColumn {
  readonly name: string
  /** What can be chosen; free text where it is missing. */
  readonly options?: readonly string[]
}

interface Named {
  /** As in the errors of core, and in the form. */
  readonly name: string
  /** The end of its keys in the catalogue. */
  readonly key: string
}

/** A field of a form whose value is one text: a list has an entry a line, a tick is `true` or empty. */
export interface TextField extends Named {
  readonly kind: 'text' | 'number' | 'lines' | 'flag' | 'choice' | 'json'
  readonly options?: readonly string[]
  readonly read: (client: Client) => string
  readonly write: (text: string) => ClientChange
}

/** A field with any number of rows; those that are empty do not count. */
export interface RowsField extends Named {
  readonly kind: 'rows'
  readonly columns: readonly FieldColumn[]
  readonly read: (client: Client) => readonly (readonly string[])[]
  readonly write: (rows: readonly (readonly string[])[]) => ClientChange
}

export type ClientField = TextField | RowsField

type InputName = keyof Omit<ClientInput, 'protocol' | 'template'>

/** How a value becomes a text, and a text a value. */
export interface Codec {
  readonly kind: TextField['kind']
  readonly options?: readonly string[]
  readonly text: (value: unknown) => string
  readonly value: (text: string, name: string) => unknown
}

/** A field of the client itself. */
export function ofClient(name: InputName, { text, value, ...codec }: Codec): TextField {
  return {
    name,
    key: name,
    ...codec,
    read: (client) => text(client[name]),
    write: (entered) => ({ [name]: value(entered, name) }),
  }
}

/** A field of the client's protocol; core checks it by its schema, so that its type need not be known here. */
export function ofProtocol(key: keyof ClientProtocol, { text, value, ...codec }: Codec): TextField {
  const name = `protocol.${key}`
  return {
    name,
    key,
    ...codec,
    read: ({ protocol }) => text(protocol[key]),
    write: (entered) => ({ protocol: { [key]: value(entered, name) } }),
  }
}

/** What several fields change, together. */
export function together(changes: readonly ClientChange[]): ClientChange {
  const protocols = changes.map(({ protocol }) => protocol ?? {})
  const groupRules = Object.assign({}, ...protocols.map((protocol) => protocol.groupRules ?? {}))
  const protocol: ClientProtocolInput = {
    ...Object.assign({}, ...protocols),
    ...(Object.keys(groupRules).length > 0 && { groupRules }),
  }
  return { ...Object.assign({}, ...changes), protocol }
}
