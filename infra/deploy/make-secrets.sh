#!/bin/sh
# Writes .env beside docker-compose.yml: a random password for each account of the servers, readable by its owner only.
# Run it once, before the first "docker compose up". It never replaces a file that is there.
set -eu

folder=${1:-$(dirname "$0")/../..}
file=$folder/.env

if [ -e "$file" ]; then
  echo "make-secrets: $file exists and was left as it is." >&2
  echo "Servers keep some of the passwords that they first started with: remove the file only together with their data" >&2
  echo "(docker compose down --volumes)." >&2
  exit 1
fi

# 48 hexadecimal digits, so that no program needs to quote them.
password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

umask 077
set -C # should another run have been quicker
{
  echo '# Passwords of this installation. Made by infra/deploy/make-secrets.sh; back it up, show it to nobody.'
  for name in ELASTIC_PASSWORD KIBANA_PASSWORD KIBANA_ENCRYPTION_KEY \
    EARSHOT_KAFKA_PASSWORD EARSHOT_ELASTICSEARCH_PASSWORD EARSHOT_S3_SECRET_KEY; do
    echo "$name=$(password)"
  done
} > "$file"
echo "make-secrets: wrote $file"
