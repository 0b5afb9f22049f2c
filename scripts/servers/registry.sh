#!/usr/bin/env bash
# A real schema registry with Confluent's interface from Maven Central, without Docker: Apicurio Registry, in memory.
#
#   registry.sh version               the version that setup gets
#   registry.sh setup                 fetch it once: 142 MB
#   registry.sh start PORT FOLDER     run in the foreground; says "READY registry http://127.0.0.1:PORT/apis/ccompat/v7" on stdout
#
# The process that you start becomes the server: stop it (SIGTERM) or kill it (SIGKILL) by its pid. What it
# was told is in memory and ends with it.
# Needs Java 17 or newer; setup needs Maven.
#
#   EARSHOT_SERVERS     where servers are kept     (default ~/.cache/earshot-servers)
#   APICURIO_VERSION    which version              (default below; 3.x has no such archive on Maven Central)
set -euo pipefail

version=${APICURIO_VERSION:-2.6.13.Final}
home=${EARSHOT_SERVERS:-$HOME/.cache/earshot-servers}/apicurio-$version

setup() {
  [[ -f $home/.complete ]] && return
  command -v mvn >/dev/null || { echo "registry.sh: Maven is missing; install it (apt-get install maven), or give EARSHOT_REGISTRY" >&2; exit 1; }
  mkdir -p "$home"
  mvn -B -q org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="io.apicurio:apicurio-registry-app:$version:tar.gz:all" -DoutputDirectory="$home"
  tar -xzf "$home/apicurio-registry-app-$version-all.tar.gz" -C "$home"
  rm "$home/apicurio-registry-app-$version-all.tar.gz"
  touch "$home/.complete"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

start() {
  local port=$1 folder=$2
  setup >&2
  mkdir -p "$folder"
  # It listens when all of it has started.
  (
    until answers "$port"; do sleep 0.1; kill -0 $$ 2>/dev/null || exit; done
    echo "READY registry http://127.0.0.1:$port/apis/ccompat/v7"
  ) &
  exec java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$port" \
    -Dquarkus.log.level=WARN \
    -jar "$home/apicurio-registry-app-$version-runner.jar" >&2
}

case ${1:-} in
  version) echo "Apicurio $version" ;;
  setup) setup ;;
  start) [[ $# -eq 3 ]] || { echo "usage: registry.sh start PORT FOLDER" >&2; exit 2; }; start "$2" "$3" ;;
  *) echo "usage: registry.sh version | setup | start PORT FOLDER" >&2; exit 2 ;;
esac
