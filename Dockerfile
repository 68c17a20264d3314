# One image for every role; the command names the role (api, worker, host, migrate).
FROM node:22-bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*
WORKDIR /everthread
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs && mkdir -p /var/lib/everthread && chown node:node /var/lib/everthread
USER node
ENTRYPOINT ["node", "--enable-source-maps", "dist/src/cli/everthread.js"]
