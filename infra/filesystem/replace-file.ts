import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Puts `text` at `path`: a crash leaves the old file or the new one, whole. Durable when resolved. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`
  const file = await open(next, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, path)
  if (process.platform === 'win32') return // cannot open a directory, and needs not: NTFS journals the rename
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
