import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const CHILD = fileURLToPath(new URL('./children/end-so.ts', import.meta.url))

/** Starts the command; `onOutput` sees all that it has printed so far. */
function start(how: string, onOutput: (printed: string, child: ReturnType<typeof spawn>) => void = () => {}) {
  const child = spawn(process.execPath, [CHILD, how], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    printed += data.toString()
    onOutput(printed, child)
  })
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString()
  })
  return new Promise<{ code: number | null; printed: string; said: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, printed, said })),
  )
}

describe.concurrent('a command ends', () => {
  it('with 0 when it is done, silently', async () => {
    expect(await start('done')).toEqual({ code: 0, printed: 'done\n', said: '' })
  })

  it('with the code that it answers', async () => {
    expect(await start('failed')).toEqual({ code: 1, printed: '', said: '' })
  })

  it('with 2 and the remedy for what is the configuration', async () => {
    expect(await start('config')).toEqual({ code: 2, printed: '', said: 'earshot: what to do about it\n' })
  })

  it('with 1 and the message for what has failed', async () => {
    expect(await start('permanent')).toEqual({ code: 1, printed: '', said: 'earshot: what to do about it\n' })
  })

  it('with 1 and the stack for a bug', async () => {
    const { code, said } = await start('bug')
    expect(code).toBe(1)
    expect(said).toMatch(/this is a bug in Earshot.*TypeError: a bug\n {4}at /s)
  })

  it('with what failed first when cleaning up failed as well, and tells both', async () => {
    expect(await start('twice')).toEqual({
      ...{ code: 2, printed: '' },
      said: 'earshot: what to do about it\nearshot: while it ended: the store had gone\n',
    })
  })

  it.for(['SIGINT', 'SIGTERM'] as const)('with 130 when %s interrupts it and it ends cleanly', async (signal) => {
    expect(await start('stop', (_printed, child) => child.kill(signal))).toMatchObject({ code: 130, said: '' })
  })

  it('cleanly when one Ctrl-C comes twice: from the terminal, and passed on by a launcher', async () => {
    const end = await start('echoed', (printed, child) => {
      if (printed !== 'ready\n') return
      child.kill('SIGINT')
      child.kill('SIGTERM')
    })
    expect(end).toMatchObject({ code: 130, printed: 'ready\nstopped\n' })
  })

  it('at once when somebody insists', async () => {
    let insisting: NodeJS.Timeout | undefined
    const end = await start('stubborn', (_printed, child) => {
      insisting ??= setInterval(() => child.kill('SIGINT'), 50)
    })
    clearInterval(insisting)
    expect(end).toMatchObject({ code: 130, printed: 'ready\nstopping\n' })
  })

  it('with 0 when its reader has seen enough', async () => {
    const end = await start('talk', (_printed, child) => child.stdout?.destroy())
    expect(end).toMatchObject({ code: 0, said: '' })
  })
})
