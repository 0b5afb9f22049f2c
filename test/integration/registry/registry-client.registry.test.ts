import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RegistryClient } from '#infra/registry/registry-client.ts'
import { subjectOf, WireTranslation } from '#infra/registry/wire-translation.ts'
import { systemClock } from '#infra/runtime/system-clock.ts'
import { wireNames } from '#schemas/codec.ts'
import { versionProblems } from '#schemas/compatibility.ts'
import { withServer } from '#test/support/real-server.ts'
import { schemaPairs } from '#test/support/schema-pairs.ts'

withServer('registry', (url) => {
  const client = () => new RegistryClient({ url, auth: null, ca: null, clock: systemClock })
  const fresh = () => `test-${randomUUID()}`
  const schema = (...fields: readonly object[]) => JSON.stringify({ type: 'record', name: 'Post', fields })
  const id = { name: 'id', type: 'string' }

  describe('a schema registry', () => {
    it('gives a schema one id, however often it is registered, and the schema for the id', async () => {
      await using registry = client()
      const subject = `${fresh()}/with a slash`
      expect(await registry.find(subject, schema(id))).toBe(null)
      const first = await registry.register(subject, schema(id))
      expect(await registry.register(subject, schema(id))).toBe(first)
      expect(await registry.find(subject, schema(id))).toBe(first)
      expect(await registry.find(subject, schema(id, { ...id, name: 'more', default: '' }))).toBe(null)
      expect(JSON.parse((await registry.schema(first)) as string)).toMatchObject({ name: 'Post' })
    })

    it('has no schema for an id that it did not give', async () => {
      await using registry = client()
      expect([await registry.schema(0x7fff_ffff), await registry.schema(0)]).toEqual([null, null])
    })

    it('refuses a version that cannot stand beside all others, whoever brings it', async () => {
      await using registry = client()
      const subject = fresh()
      const note = { name: 'note', type: ['null', 'string'], default: null }
      await registry.register(subject, schema(id, note))
      await registry.register(subject, schema(id))
      await expect(
        registry.register(subject, schema(id, { name: 'note', type: 'int', default: 0 })),
      ).rejects.toMatchObject({
        class: 'config',
        code: 'SCHEMA_INCOMPATIBLE',
        message: expect.stringMatching(/remove them there, or choose another namespace/),
      })
      // The rule stands in the registry, for programs that do not set it.
      const answer = await fetch(`${url}/config/${subject}`)
      expect(await answer.json()).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
    })

    it('takes all our schemas, and finds them for those who only look', async () => {
      await using registry = client()
      const topic = fresh()
      const translation = () => new WireTranslation(registry, systemClock, { [topic]: wireNames })
      await expect(translation().prepare(false)).rejects.toMatchObject({ code: 'SCHEMA_UNREGISTERED' })
      await translation().prepare(true)
      await translation().prepare(false)
      await translation().prepare(true)
      const versions = await fetch(`${url}/subjects/${subjectOf(topic, 'MentionEvent')}/versions`)
      expect(await versions.json()).toEqual([1])
    })

    it('takes what our own rules take, when schemas follow one another', { timeout: 120_000 }, async () => {
      await using registry = client()
      let taken = 0
      await fc.assert(
        fc.asyncProperty(
          schemaPairs.filter(
            ([before, after]) => versionProblems(JSON.stringify(after), [JSON.stringify(before)]).length === 0,
          ),
          async ([before, after]) => {
            const subject = fresh()
            await registry.register(subject, JSON.stringify(before))
            await registry.register(subject, JSON.stringify(after))
            taken++
          },
        ),
        { numRuns: 25 },
      )
      expect(taken).toBeGreaterThanOrEqual(25)
    })
  })

  it('says that a wrong address is one', async () => {
    await using wrong = new RegistryClient({
      url: new URL('/elsewhere', url).href,
      auth: null,
      ca: null,
      clock: systemClock,
    })
    await expect(wrong.schema(1)).rejects.toMatchObject({
      class: 'config',
      code: 'REGISTRY_URL_WRONG',
      message: expect.stringMatching(/kafka\.registry\.url/),
    })
  })
})
