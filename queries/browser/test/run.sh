#!/usr/bin/env bash
# Drives the real Neo4j Browser page of a server that the environment names
# (TIERMAP_TEST_NEO4J_URL, _HTTP, _USER, _PASSWORD; make test-browser starts one):
# loads the tables of this checkout, publishes cobalt, serves the guide, and lets
# Chromium do what a reader does. The server's database is filled: use none that
# holds anything else. The pictures stand in bin/browser.
set -euo pipefail
cd "$(dirname "$0")/../../.."
: "${TIERMAP_TEST_NEO4J_URL:?no server is named; run make test-browser}" "${TIERMAP_TEST_NEO4J_HTTP:?}"

for tool in node npm curl; do
  command -v "$tool" > /dev/null || { echo "$tool is missing; install Node.js 18 or newer with npm, and curl" >&2; exit 1; }
done
export CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
if [ -z "$CHROMIUM" ]; then
  sudo=; [ "$(id -u)" = 0 ] || sudo="sudo -n"
  if ! { command -v apt-get > /dev/null && $sudo apt-get update && $sudo apt-get install -y --no-install-recommends chromium; } >&2; then
    echo "there is no Chromium; install one and name it with CHROMIUM=/path/to/chromium" >&2
    exit 1
  fi
  CHROMIUM=$(command -v chromium)
fi

here=queries/browser/test
lock=$(sha256sum "$here/package-lock.json" | cut -c 1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tiermap/browser-$lock
mkdir -p "$cache"
cp "$here"/package.json "$here"/package-lock.json "$here"/browser.mjs "$cache"
[ -d "$cache/node_modules" ] || npm ci --prefix "$cache" --ignore-scripts --no-audit --no-fund

export TIERMAP_STORE=$TIERMAP_TEST_NEO4J_URL TIERMAP_NEO4J_USER=$TIERMAP_TEST_NEO4J_USER TIERMAP_NEO4J_PASSWORD=$TIERMAP_TEST_NEO4J_PASSWORD
bin/tiermap load tables --no-build data/*/
bin/tiermap build --material cobalt --year 2024
address=127.0.0.1:${GUIDE_PORT:-18089}
bin/tiermap serve --addr "$address" > bin/browser-serve.log 2>&1 &
server=$!
trap 'kill $server 2> /dev/null || true' EXIT
for _ in $(seq 100); do curl -sf "http://$address/readyz" > /dev/null && break; sleep 0.1; done
curl -sf "http://$address/readyz" > /dev/null || { echo "tiermap does not serve:" >&2; cat bin/browser-serve.log >&2; exit 1; }

NEO4J_HTTP=$TIERMAP_TEST_NEO4J_HTTP NEO4J_BOLT=$TIERMAP_TEST_NEO4J_URL NEO4J_USER=$TIERMAP_TEST_NEO4J_USER \
NEO4J_PASSWORD=$TIERMAP_TEST_NEO4J_PASSWORD TIERMAP_URL=http://$address PICTURES=$PWD/bin/browser node "$cache/browser.mjs"
echo "Neo4j Browser draws what it should; see the pictures in bin/browser"
