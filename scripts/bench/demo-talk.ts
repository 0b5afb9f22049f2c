import type { Mention, MentionEvent } from '#schemas/generated.ts'
import { demoCorpus } from '../demo/demo-corpus.ts'

const UNTIL = Date.UTC(2026, 0, 31)

/** New mentions of the demo, told anew with other seeds: sentences in five languages that scorers understand, each with its own id. */
export function* demoTalk(mentions: number): Generator<MentionEvent & { readonly mention: Mention }> {
  let told = 0
  for (let seed = 1; ; seed++) {
    for (const { kind, event } of demoCorpus(seed, UNTIL)) {
      if (kind !== 'mention' || event.mention === null || event.op !== 'create') continue
      if (told++ === mentions) return
      yield { ...event, mention: event.mention, id: event.id.replace(':', `:${seed}-`) }
    }
  }
}
