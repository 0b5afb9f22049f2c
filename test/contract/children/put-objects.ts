// Puts objects of 200 KB that hold one byte value each, in turn over few keys, and prints each put that has resolved. Runs until killed.
import type { ObjectStore } from '#infra/contracts/object-store.ts'

const [, , module, place, prefix] = process.argv as string[]
const { open } = (await import(module!)) as { open(store: string): Promise<ObjectStore> }
const store = await open(place!)

async function putForever(writer: number): Promise<void> {
  for (let n = 0; ; n++) {
    const bytes = new Uint8Array(200_000).fill(n % 251)
    await store.put(`${prefix}/once/${writer}/${n}.bin`, bytes, { ifAbsent: true })
    await store.put(`${prefix}/again/${writer}.bin`, bytes)
    process.stdout.write(`${writer} ${n}\n`)
  }
}
await Promise.all([0, 1, 2].map(putForever))
