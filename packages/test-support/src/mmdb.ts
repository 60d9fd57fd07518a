/** The value of a database record. */
export type MmdbValue = string | number | readonly MmdbValue[] | { readonly [key: string]: MmdbValue }

/** The content of a database. */
export interface MmdbOptions {
  /** Such as `GeoLite2-City`. */
  readonly type: string
  /** Records by IPv4 or IPv6 network (CIDR); networks must not overlap. */
  readonly networks: Readonly<Record<string, MmdbValue>>
  /** Seconds since the Unix epoch. Default: 1 January 2026. */
  readonly buildEpoch?: number
}

type Node = [Branch, Branch]
type Branch = Node | { readonly record: MmdbValue } | undefined

const types = { string: 2, uint16: 5, uint32: 6, map: 7, uint64: 9, array: 11 } as const
const separator = Buffer.alloc(16)
const metadataStart = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')

/** Writes a database in MaxMind format 2.0, with 24-bit records and an IPv6 tree. */
export function writeMmdb({ type, networks, buildEpoch = 1_767_225_600 }: MmdbOptions): Buffer {
  const root: Node = [undefined, undefined]
  for (const [network, record] of Object.entries(networks)) insert(root, parseBits(network), { record })
  const nodes = listNodes(root)
  const nodeNumbers = new Map(nodes.map((node, number) => [node, number]))
  const data: Buffer[] = []
  let size = 0
  const encodeReference = (branch: Branch): number => {
    if (branch === undefined) return nodes.length
    if (Array.isArray(branch)) return nodeNumbers.get(branch) ?? 0
    const offset = size
    const bytes = encode(branch.record)
    data.push(bytes)
    size += bytes.length
    return nodes.length + separator.length + offset
  }
  const tree = Buffer.alloc(nodes.length * 6)
  for (const [number, [left, right]] of nodes.entries()) {
    tree.writeUIntBE(encodeReference(left), number * 6, 3)
    tree.writeUIntBE(encodeReference(right), number * 6 + 3, 3)
  }
  const metadata = Buffer.concat([
    controlBytes(types.map, 9),
    ...encodeField('binary_format_major_version', encodeUnsigned(types.uint16, 2)),
    ...encodeField('binary_format_minor_version', encodeUnsigned(types.uint16, 0)),
    ...encodeField('build_epoch', encodeUnsigned(types.uint64, buildEpoch)),
    ...encodeField('database_type', encode(type)),
    ...encodeField('description', encode({ en: 'For tests' })),
    ...encodeField('ip_version', encodeUnsigned(types.uint16, 6)),
    ...encodeField('languages', encode(['en'])),
    ...encodeField('node_count', encodeUnsigned(types.uint32, nodes.length)),
    ...encodeField('record_size', encodeUnsigned(types.uint16, 24)),
  ])
  return Buffer.concat([tree, separator, ...data, metadataStart, metadata])
}

function insert(root: Node, bits: readonly number[], leaf: { readonly record: MmdbValue }): void {
  let node = root
  for (const bit of bits.slice(0, -1)) {
    const next = node[bit]
    if (next !== undefined && !Array.isArray(next)) throw new RangeError('Networks must not overlap.')
    const branch: Node = next ?? [undefined, undefined]
    node[bit] = branch
    node = branch
  }
  node[bits.at(-1) ?? 0] = leaf
}

/** Lists all nodes, the root first. */
function listNodes(root: Node): readonly Node[] {
  const nodes = [root]
  for (const node of nodes) for (const branch of node) if (Array.isArray(branch)) nodes.push(branch)
  return nodes
}

/** IPv4 networks are in the IPv6 range that begins with 96 zero bits. */
function parseBits(network: string): readonly number[] {
  const [address = '', length = ''] = network.split('/')
  const isIPv4 = !address.includes(':')
  const bytes = isIPv4 ? [...Array<number>(12).fill(0), ...address.split('.').map(Number)] : ipv6Bytes(address)
  const bits = bytes.flatMap((byte) => Array.from({ length: 8 }, (_, offset) => (byte >> (7 - offset)) & 1))
  return bits.slice(0, Number(length) + (isIPv4 ? 96 : 0))
}

function ipv6Bytes(address: string): readonly number[] {
  const [first = [], last = []] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''))
  const groups = [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last]
  return groups.map((group) => Number.parseInt(group, 16)).flatMap((group) => [group >> 8, group & 255])
}

function encodeField(name: string, value: Buffer): readonly Buffer[] {
  return [encode(name), value]
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value)
    return Buffer.concat([controlBytes(types.string, bytes.length), bytes])
  }
  if (typeof value === 'number') return encodeUnsigned(types.uint32, value)
  if (Array.isArray(value)) return Buffer.concat([controlBytes(types.array, value.length), ...value.map(encode)])
  const entries = Object.entries(value)
  return Buffer.concat([
    controlBytes(types.map, entries.length),
    ...entries.flatMap(([key, item]) => [encode(key), encode(item)]),
  ])
}

function encodeUnsigned(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  const trimmed = bytes.subarray(bytes.findIndex((byte) => byte !== 0) >>> 0)
  return Buffer.concat([controlBytes(type, trimmed.length), trimmed])
}

/** The control byte and additional size bytes; sizes up to 284. */
function controlBytes(type: number, size: number): Buffer {
  const first = (type > 7 ? 0 : type) << 5
  const extended = type > 7 ? [type - 7] : []
  return Buffer.from(size < 29 ? [first | size, ...extended] : [first | 29, ...extended, size - 29])
}
