import { describe, expect, it } from 'vitest'
import { WorkerLostError, WorkerPool } from '#infra/runtime/worker-pool.ts'

const openPool = (size: number, deadlineMs = 60_000) =>
  new WorkerPool<string, string>({
    ...{ url: new URL('./workers/moody-worker.ts', import.meta.url), size, workerData: null, deadlineMs },
  })

describe('a pool of workers', () => {
  it('answers every task', async () => {
    await using pool = openPool(2)
    const words = Array.from({ length: 50 }, (_, i) => `word ${i}`)
    expect(await Promise.all(words.map((word) => pool.run(word)))).toEqual(words.map((word) => word.toUpperCase()))
  })

  it('passes on what a task throws and goes on', async () => {
    await using pool = openPool(1)
    await expect(pool.run('throw')).rejects.toThrow('as told')
    expect(await pool.run('next')).toBe('NEXT')
  })

  it('ends a worker that runs past the deadline; the tasks behind it are done by another', async () => {
    await using pool = openPool(1, 300)
    const [hung, ...others] = await Promise.allSettled(['hang', 'a', 'b', 'c'].map((word) => pool.run(word)))
    expect(hung).toMatchObject({ status: 'rejected', reason: { name: 'WorkerLostError', reason: 'deadline' } })
    expect(others.map((result) => result.status === 'fulfilled' && result.value)).toEqual(['A', 'B', 'C'])
  })

  it('blames the task under which a worker died, not its neighbours', async () => {
    await using pool = openPool(1)
    const [died, next] = await Promise.allSettled([pool.run('die'), pool.run('a')])
    expect(died.status === 'rejected' && died.reason).toBeInstanceOf(WorkerLostError)
    expect(next).toMatchObject({ status: 'fulfilled', value: 'A' })
  })

  it('says so when its workers do not come up', async () => {
    const url = new URL('./workers/there-is-none.ts', import.meta.url)
    await using pool = new WorkerPool<string, string>({ url, size: 1, workerData: null, deadlineMs: 1_000 })
    await expect(pool.run('a')).rejects.toThrow(/there-is-none/)
  })

  it('says so also to those who ask after they have failed to come up', async () => {
    const url = new URL('./workers/there-is-none.ts', import.meta.url)
    await using pool = new WorkerPool<string, string>({ url, size: 1, workerData: null, deadlineMs: 1_000 })
    await expect(pool.run('a')).rejects.toThrow(/there-is-none/)
    await expect(pool.run('b')).rejects.toThrow(/there-is-none/)
  })

  it('gives nothing to a worker that is being ended, so that nobody is blamed for another', async () => {
    await using pool = openPool(1, 200)
    await expect(pool.run('hang')).rejects.toMatchObject({ reason: 'deadline' })
    expect(await pool.run('a')).toBe('A')
  })

  it('leaves nobody waiting when it is closed', async () => {
    const pool = openPool(1)
    const waiting = Promise.allSettled(['hang', 'a', 'b', 'c'].map((word) => pool.run(word)))
    await pool[Symbol.asyncDispose]()
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
    await expect(pool.run('d')).rejects.toThrow('stopped')
  })
})
