import { after, test } from 'node:test'
import { limitStoreContract, spentChallengeStoreContract } from '@pocket/core/testing'
import { createClient } from 'redis'
import { redisStores } from './redis-stores.js'

const client = await createClient({ url: process.env.REDIS_URL ?? 'redis://localhost:6379' }).connect()
after(() => client.close())

// Each case needs an empty store.
let count = 0
const stores = () => redisStores(client, `${process.pid}:${count++}:`)
for (const { name, run } of limitStoreContract) test(name, () => run(stores().limits))
for (const { name, run } of spentChallengeStoreContract) test(name, () => run(stores().spentChallenges))
