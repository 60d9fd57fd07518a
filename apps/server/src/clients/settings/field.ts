import type { Client, ClientInput, ClientProtocol, ClientProtocolInput } from '@pocket/core'

/** A change that a section of the page makes to a client. */
export type ClientChange = Partial<Omit<ClientInput, 'protocol'>> & { readonly protocol?: ClientProtocolInput }

/** The value of a field: text or rows of text. */
export type FieldValue = string | readonly (readonly string[])[]

export interface FieldColumn {
  readonly name: string
  /** Allowed values; free text if missing. */
  readonly options?: readonly string[]
}

interface FieldBase {
  /** The field name in core's errors and in the form. */
  readonly name: string
  /** The last part of its catalog keys. */
  readonly key: string
}

/** A form field with one text value: a list has one entry per line; a checkbox is `true` or empty. */
export interface TextField extends FieldBase {
  readonly kind: 'text' | 'number' | 'lines' | 'flag' | 'choice' | 'json'
  readonly options?: readonly string[]
  readonly read: (client: Client) => string
  readonly write: (text: string) => ClientChange
}

/** A field with any number of rows; empty rows are ignored. */
export interface RowsField extends FieldBase {
  readonly kind: 'rows'
  readonly columns: readonly FieldColumn[]
  readonly read: (client: Client) => readonly (readonly string[])[]
  readonly write: (rows: readonly (readonly string[])[]) => ClientChange
}

export type ClientField = TextField | RowsField

type InputName = keyof Omit<ClientInput, 'protocol' | 'template'>

/** Converts between a value and its form text. */
export interface Codec {
  readonly kind: TextField['kind']
  readonly options?: readonly string[]
  readonly text: (value: unknown) => string
  readonly value: (text: string, name: string) => unknown
}

export function clientField(name: InputName, { text, value, ...codec }: Codec): TextField {
  return {
    name,
    key: name,
    ...codec,
    read: (client) => text(client[name]),
    write: (input) => ({ [name]: value(input, name) }),
  }
}

/** A field of the client's protocol settings; core validates it by its schema, so its type is not needed here. */
export function protocolField(key: keyof ClientProtocol, { text, value, ...codec }: Codec): TextField {
  const name = `protocol.${key}`
  return {
    name,
    key,
    ...codec,
    read: ({ protocol }) => text(protocol[key]),
    write: (input) => ({ protocol: { [key]: value(input, name) } }),
  }
}

export function mergeChanges(changes: readonly ClientChange[]): ClientChange {
  const protocols = changes.map(({ protocol }) => protocol ?? {})
  const groupRules = Object.assign({}, ...protocols.map((protocol) => protocol.groupRules ?? {}))
  const protocol: ClientProtocolInput = {
    ...Object.assign({}, ...protocols),
    ...(Object.keys(groupRules).length > 0 && { groupRules }),
  }
  return { ...Object.assign({}, ...changes), protocol }
}
