// Rate limits and used challenges in Redis: short-lived values that each request writes and no transaction has to undo.
// `createPocket({ stores: { ...typeormStores(dataSource), ...redisStores(client) } })` uses them.
// The braces in the prefix keep the keys together in a cluster.
export function redisStores(client, prefix = '{pocket}:') {
  const evaluate = (script, key, ...values) =>
    client.eval(script, { keys: [prefix + key, `${prefix}position`], arguments: values.map((value) => String(value)) })

  const limits = {
    async consume({ key, burst, interval, now }) {
      const maxFullAt = now + (burst - 1) * interval + Math.min(250, Math.floor(interval / 2))
      // A later time was stored before the clock was set back.
      const latestFullAt = now + burst * interval + 300_000
      const values = [key, now, interval, maxFullAt, latestFullAt]
      const [admitted, expiresAt] = await evaluate(consumeScript, 'limits', ...values)
      return { key, admitted: admitted === 1, expiresAt: Number(expiresAt) }
    },
    async refund(key, interval) {
      await client.zAdd(`${prefix}limits`, { value: key, score: -interval }, { condition: 'XX', INCR: true })
    },
    removeExpired: (before, limit) => evaluate(removeScript, 'limits', `(${before}`, limit),
  }

  const spentChallenges = {
    insert: async (hash) => (await evaluate(spendScript, 'challenges', hash)) === 1,
    lastPosition: async () => Number((await client.get(`${prefix}position`)) ?? 0),
    removeUpTo: (position, limit) => evaluate(removeScript, 'challenges', position, limit),
  }
  return { limits, spentChallenges }
}

// The scripts run atomically, so that parallel requests never exceed a limit and no challenge is used twice.
const consumeScript = `
local key, now, interval = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = tonumber(redis.call('ZSCORE', KEYS[1], key) or 0)
local fullAt = math.max(stored, now)
if stored > tonumber(ARGV[5]) then fullAt = now end
if fullAt > tonumber(ARGV[4]) then return { 0, string.format('%.0f', stored) } end
redis.call('ZADD', KEYS[1], fullAt + interval, key)
return { 1, string.format('%.0f', fullAt + interval) }`

const spendScript = `
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], redis.call('INCR', KEYS[2]), ARGV[1])
return 1`

const removeScript = `
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(found) do redis.call('ZREM', KEYS[1], member) end
return #found`
