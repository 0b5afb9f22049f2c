#!/usr/bin/env bash
# A real S3 server without Docker: Versity S3 Gateway (Apache-2.0) over a plain folder.
#
#   s3.sh version               the version that setup gets
#   s3.sh setup                 build it once with Go: minutes
#   s3.sh start PORT FOLDER     run in the foreground; says "READY s3 http://KEY:SECRET@127.0.0.1:PORT" on stdout
#
# The process that you start becomes the server: stop it (SIGTERM) or kill it (SIGKILL) by its pid. A start on the same folder
# finds every acknowledged object. Objects are files: FOLDER/objects/<bucket>/<key>.
#
#   EARSHOT_SERVERS     where servers are kept     (default ~/.cache/earshot-servers)
#   VERSITYGW_VERSION   which version              (default below)
set -euo pipefail

version=${VERSITYGW_VERSION:-v1.8.0}
home=${EARSHOT_SERVERS:-$HOME/.cache/earshot-servers}/versitygw-$version
key=earshot
secret=earshot-secret

setup() {
  [[ -x $home/versitygw ]] && return
  command -v go >/dev/null || { echo "s3.sh: Go is missing; install it (https://go.dev/dl), or give EARSHOT_S3" >&2; exit 1; }
  mkdir -p "$home"
  # Built beside and moved, so that a build cut short leaves nothing that looks whole. Without debug tables it is a third smaller.
  local building
  building=$(mktemp -d "$home/building.XXXXXX")
  GOBIN=$building GOFLAGS=-buildvcs=false go install -p 2 -ldflags '-s -w' "github.com/versity/versitygw/cmd/versitygw@$version"
  mv "$building/versitygw" "$home/versitygw"
  rmdir "$building"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

no_attributes() {
  command -v python3 >/dev/null && ! python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.earshot", b"1")' "$1" 2>/dev/null
}

start() {
  local port=$1 folder=$2
  setup >&2
  mkdir -p "$folder/objects"
  # Metadata in files of their own only where the file system has no extended attributes: a reader may then see the checksum of
  # one put with the bytes of another.
  local beside=()
  if no_attributes "$folder/objects"; then
    mkdir -p "$folder/metadata"
    beside=(--sidecar "$folder/metadata")
  fi
  (
    until answers "$port"; do sleep 0.05; kill -0 $$ 2>/dev/null || exit; done
    echo "READY s3 http://$key:$secret@127.0.0.1:$port"
  ) &
  ROOT_ACCESS_KEY=$key ROOT_SECRET_KEY=$secret exec "$home/versitygw" --port "127.0.0.1:$port" --quiet \
    posix "${beside[@]}" "$folder/objects" >&2
}

case ${1:-} in
  version) echo "versitygw ${version#v}" ;;
  setup) setup ;;
  start) [[ $# -eq 3 ]] || { echo "usage: s3.sh start PORT FOLDER" >&2; exit 2; }; start "$2" "$3" ;;
  *) echo "usage: s3.sh version | setup | start PORT FOLDER" >&2; exit 2 ;;
esac
