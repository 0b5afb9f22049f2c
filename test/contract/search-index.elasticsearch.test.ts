import { connectionAt } from '../support/elasticsearch-at.ts'
import { freshNamespace } from '../support/fresh-namespace.ts'
import { withServer } from '../support/real-server.ts'
import { open } from './openers/elasticsearch-search-index.ts'
import { describeSearchIndexContract } from './search-index.ts'

withServer('elasticsearch', (address) => {
  describeSearchIndexContract('elasticsearch', async () => {
    // Several shards: what holds there, holds on one.
    const store = `${address} ${freshNamespace(connectionAt(address))} 3`
    return {
      open: (clock) => open(store, clock),
      opener: { module: import.meta.resolve('./openers/elasticsearch-search-index.ts'), store },
    }
  })
})
