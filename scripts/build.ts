/** Compiles what the published package needs to `dist/`. */
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const dist = join(root, 'dist')
const FOLDERS = ['schemas', 'query', 'infra', 'ingest', 'enrich', 'index', 'scripts/demo']

rmSync(dist, { recursive: true, force: true })

const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
})
if (status !== 0) process.exit(status ?? 1)

// Models, word lists and schemas are read from beside the module that needs them.
for (const file of FOLDERS.flatMap(filesIn)) {
  if (!file.endsWith('.ts')) cpSync(file, join(dist, relative(root, file)))
}

// The compiled files keep `#folder/file.ts`, which the compiler does not rewrite. The nearest package.json says what that
// means, so the one of the project can go on meaning the sources.
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
const manifest = { name, version, private: true, type: 'module', imports: { '#*.ts': './*.js' } }
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)

function filesIn(folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
