import { compileQuery } from '#infra/elasticsearch/compile-query.ts'
import { open } from '../contract/openers/elasticsearch-search-index.ts'
import { connectionAt } from '../support/elasticsearch-at.ts'
import { freshNamespace } from '../support/fresh-namespace.ts'
import { withServer } from '../support/real-server.ts'
import { describeAgreement } from './index-agreement.ts'

withServer('elasticsearch', (address) =>
  describeAgreement({
    name: 'Elasticsearch',
    open: async () => {
      const index = await open(`${address} ${freshNamespace(connectionAt(address))}`)
      await index.prepare()
      return index
    },
    isExact: (tree) => compileQuery(tree).exact,
    queries: 300,
  }),
)
