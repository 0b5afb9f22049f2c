import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { boundaryProblems } from '#scripts/boundaries/boundary-problems.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'earshot-boundaries-'))
  return () => rm(root, { recursive: true, force: true })
})

/** Writes the files beside one of every folder that may be imported, and answers what is wrong. */
async function problems(files: Readonly<Record<string, string>>): Promise<string[]> {
  const manifest = {
    dependencies: { pino: '1', zod: '1', natural: '1', commander: '1' },
    devDependencies: { vitest: '1' },
  }
  const tree: Record<string, string> = { 'package.json': JSON.stringify(manifest) }
  const folders = [
    'schemas',
    'query',
    'infra/contracts',
    'infra/runtime',
    'infra/sqlite',
    'infra/config',
    'ingest',
    'enrich',
    'index',
    'scripts',
    'test',
  ]
  for (const folder of folders) tree[`${folder}/part.ts`] = 'export const part = 1\nexport type Part = 1\n'
  for (const [path, text] of Object.entries({ ...tree, ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  return boundaryProblems(root)
}

describe('the import boundaries', () => {
  it('let through every edge of the design', async () => {
    expect(
      await problems({
        'query/a.ts': "import { part } from '#schemas/part.ts'\nimport { b } from './b.ts'\n",
        'query/b.ts': "import { createHash } from 'node:crypto'\nexport const b = 1\n",
        'infra/runtime/a.ts': "import type { Part } from '#infra/contracts/part.ts'\nimport pino from 'pino'\n",
        'infra/sqlite/a.ts':
          "import { DatabaseSync } from 'node:sqlite'\nimport { part } from '#infra/runtime/part.ts'\n",
        'infra/config/a.ts': "import { z } from 'zod'\nexport const home = process.env.HOME\n",
        'infra/runtime/system-clock.ts': 'export const now = Date.now()\n',
        'index/a.ts': "import { part } from '#query/part.ts'\nexport const day = (ms: number) => new Date(ms)\n",
        'enrich/a.ts': "import stem from 'natural/lib/natural/stemmers/porter_stemmer.js'\n",
        'scripts/a.ts': "import { part } from '#infra/sqlite/part.ts'\nimport { Command } from 'commander'\n",
        'test/a.ts':
          "import { it } from 'vitest'\nimport { part } from '#scripts/part.ts'\nconst t = Date.now() + Number(process.env.X)\n",
      }),
    ).toEqual([])
  })

  it.each([
    ['schemas/a.ts', "import { part } from '#query/part.ts'", 'schemas/ may not import query/part.ts'],
    [
      'query/a.ts',
      "import { part } from '../infra/contracts/part.ts'",
      'query/ may not import infra/contracts/part.ts',
    ],
    ['query/a.ts', "import { readFile } from 'node:fs'", 'node:fs has no place in a pure folder'],
    [
      'infra/contracts/a.ts',
      "import type { Part } from '#infra/runtime/part.ts'",
      'infra/contracts/ may not import infra/runtime/part.ts',
    ],
    ['infra/runtime/a.ts', "export { part } from '#ingest/part.ts'", 'infra/runtime/ may not import ingest/part.ts'],
    [
      'infra/config/a.ts',
      "import { part } from '#infra/sqlite/part.ts'",
      'infra/config/ may not import infra/sqlite/part.ts',
    ],
    [
      'ingest/a.ts',
      "const part = await import('#infra/sqlite/part.ts')",
      'ingest/ may not import infra/sqlite/part.ts',
    ],
    ['ingest/a.ts', "import type {\n  Part,\n} from '#enrich/part.ts'", 'ingest/ may not import enrich/part.ts', 3],
    ['enrich/a.ts', "export type { Part } from '#index/part.ts'", 'enrich/ may not import index/part.ts'],
    ['index/a.ts', "let part: import('#infra/config/part.ts').Part", 'index/ may not import infra/config/part.ts'],
    ['index/a.ts', "const url = new URL('../ingest/part.ts', import.meta.url)", 'index/ may not import ingest/part.ts'],
    ['ingest/a.ts', "import { part } from '#scripts/part.ts'", 'ingest/ may not import scripts/part.ts'],
    ['index/a.ts', "import { part } from '#test/part.ts'", 'index/ may not import test/part.ts'],
    ['index/a.ts', "import { DatabaseSync } from 'node:sqlite'", 'node:sqlite may only be used in infra/sqlite/'],
    ['index/a.ts', "import { z } from 'zod'", 'zod may only be used in infra/config/'],
    ['ingest/a.ts', "import { Command } from 'commander'", 'commander may only be used in scripts/'],
    ['enrich/a.ts', "import natural from 'natural'", 'import a file of natural, not its root'],
    ['index/a.ts', "import { it } from 'vitest'", 'vitest is not in the dependencies of package.json'],
    ['scripts/a.ts', "import x from 'left-pad'", 'left-pad is not in the dependencies of package.json'],
    ['index/a.ts', "import fs from 'fs'", 'write node:fs'],
    ['index/a.ts', "import { gone } from './gone.ts'", './gone.ts is not there'],
    ['index/a.ts', 'export const home = process.env.HOME', 'only infra/config reads process.env'],
    ['index/a.ts', "import { env } from 'node:process'", 'only infra/config reads process.env'],
    ['scripts/a.ts', 'const { env } = process', 'only infra/config reads process.env'],
    ['index/a.ts', 'export const now = Date.now()', 'only infra/runtime/system-clock.ts reads the time'],
    ['index/a.ts', 'export const now = new Date()', 'only infra/runtime/system-clock.ts reads the time'],
    ['console/a.ts', 'export const a = 1', 'no rule says what this folder may import'],
  ])('refuse %s: %s', async (path, text, reason, line = 1) => {
    const found = await problems({ [path]: `${text}\n` })
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(`${path}:${line}: ${reason}`)
  })

  it('are not deceived by comments and strings', async () => {
    const text =
      "// import { part } from '#infra/sqlite/part.ts'\nexport const hint = `import('zod') Date.now() process.env`\n"
    expect(await problems({ 'index/a.ts': text })).toEqual([])
  })

  it('hold in this repository', () => {
    expect(boundaryProblems(fileURLToPath(new URL('../../../', import.meta.url)))).toEqual([])
  })
})
