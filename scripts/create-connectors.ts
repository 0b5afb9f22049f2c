import type { Configuration, ConnectorConfiguration } from '#infra/config/configuration.ts'
import type { Connector } from '#infra/contracts/connector.ts'
import type { ConnectorContext } from '#infra/runtime/connector-context.ts'
import { createBlueskyConnector } from '#ingest/bluesky/bluesky-connector.ts'
import { createFeedConnector } from '#ingest/feed/feed-connector.ts'
import { createFileConnector } from '#ingest/file/file-connector.ts'
import { createHackerNewsConnector } from '#ingest/hackernews/hackernews-connector.ts'

/** The connectors that a configuration names. */
export const createConnectors = ({ connectors }: Configuration, context: ConnectorContext): readonly Connector[] =>
  connectors.map((connector) => create(connector, context))

function create(given: ConnectorConfiguration, context: ConnectorContext): Connector {
  const { id, prefilter } = given
  const common = { id, prefilter, latenessMs: given.lateness }
  switch (given.type) {
    case 'file':
      return createFileConnector({ ...given, ...common }, context)
    case 'feed':
      return createFeedConnector({ ...common, urls: given.urls, everyMs: given.every }, context)
    case 'hackernews':
      return createHackerNewsConnector(
        { ...common, terms: given.terms, everyMs: given.every, baseUrls: given.baseUrls },
        context,
      )
    case 'bluesky':
      return createBlueskyConnector({ ...common, urls: given.urls }, context)
    default:
      return given satisfies never
  }
}
