import { createHook } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { openKafkaEventLog } from '#infra/kafka/event-log.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { kafkaAt } from '../../support/kafka-at.ts'
import { withServer } from '../../support/real-server.ts'

const WATCHED_MS = 3_000

withServer('kafka', (address) => {
  it('leaves a log that nothing happens on asleep', async () => {
    const warnings: string[] = []
    const onWarning = ({ name }: Error) => warnings.push(name)
    process.on('warning', onWarning)
    const topic = `idle-${randomUUID()}`
    await using log = await openKafkaEventLog({ ...kafkaAt(address), namespace: topic })
    await log.createTopics([{ name: topic, partitions: 2 }])
    await log.produce(topic, [{ key: 'k', value: Buffer.from('x'), headers: {} }])
    const options = { group: 'g', topic, maxRecords: 10, maxBytes: 1_000_000, idleMs: 1_000 }
    await using _subscription = await log.subscribe(options, async () => 'commit')
    let timers = 0
    const hook = createHook({
      init: (_, type) => {
        if (type === 'Timeout') timers++
      },
    }).enable()
    const before = process.cpuUsage()
    await systemClock.sleep(WATCHED_MS)
    const { user, system } = process.cpuUsage(before)
    hook.disable()
    process.off('warning', onWarning)
    const perSecond = Math.round(timers / (WATCHED_MS / 1_000))
    process.stdout.write(`idle log: ${perSecond} timers/s, ${((user + system) / 10 / WATCHED_MS).toFixed(1)} % CPU\n`)
    expect(warnings).not.toContain('TimeoutNegativeWarning')
    expect(perSecond).toBeLessThan(100) // about 900 per connection without the guard
  })
})
