import { connectionAt } from '../support/elasticsearch-at.ts'
import { freshNamespace } from '../support/fresh-namespace.ts'
import { withServer } from '../support/real-server.ts'
import { openTable } from './openers/elasticsearch-table.ts'
import { describeTableContract } from './table.ts'

withServer('elasticsearch', (address) => {
  describeTableContract('elasticsearch', async () => {
    const store = `${address} ${freshNamespace(connectionAt(address))}`
    return {
      open: () => openTable(store),
      opener: { module: import.meta.resolve('./openers/elasticsearch-table.ts'), store },
    }
  })
})
