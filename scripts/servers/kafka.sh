#!/usr/bin/env bash
# A real Apache Kafka broker (KRaft, one node) from Maven Central, without Docker.
#
#   kafka.sh version               the version that setup gets
#   kafka.sh setup                 fetch the jars once: 46 MB
#   kafka.sh start PORT FOLDER     run in the foreground; says "READY kafka 127.0.0.1:PORT" on stdout
#   kafka.sh consume OPTION ...    Kafka's own console consumer
#
# The process that you start becomes the broker: stop it (SIGTERM) or kill it (SIGKILL) by its pid. A start on the same folder
# goes on with its log. PORT serves clients, PORT+1 the broker itself. Needs Java 17 or newer; setup needs Maven.
#
#   EARSHOT_SERVERS    where servers are kept               (default ~/.cache/earshot-servers)
#   KAFKA_VERSION      which version                        (default below)
#   KAFKA_HEAP         heap of the JVM                      (default 512m)
#   KAFKA_FAST_START   0: compilers and collector as in production, for measurements
#   KAFKA_PROPERTIES   further settings, one a line
#   KAFKA_SCRAM        name:password of users who may log in by SCRAM, separated by blanks; of a new folder
set -euo pipefail

version=${KAFKA_VERSION:-4.4.0}
home=${EARSHOT_SERVERS:-$HOME/.cache/earshot-servers}/kafka-$version

setup() {
  [[ -f $home/.complete && -f $home/lib/kafka-tools-$version.jar ]] && return
  command -v mvn >/dev/null || { echo "kafka.sh: Maven is missing; install it (apt-get install maven), or give EARSHOT_KAFKA" >&2; exit 1; }
  mkdir -p "$home"
  cat > "$home/pom.xml" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>earshot</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <!-- For the console consumer; what else it brings (Connect, Jetty) is for other tools. -->
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$version</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
    <!-- Without this bridge Kafka logs nothing, not even that it is ready or why it ended. -->
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.5</version></dependency>
  </dependencies>
</project>
XML
  mvn -B -q -f "$home/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$home/lib"
  cat > "$home/log4j2.xml" <<'XML'
<Configuration status="ERROR">
  <Appenders>
    <Console name="log" target="SYSTEM_ERR"><PatternLayout pattern="%d{ISO8601} %p %c{1} %m%n"/></Console>
    <Console name="ready" target="SYSTEM_OUT">
      <RegexFilter regex=".*Kafka Server started.*" onMatch="ACCEPT" onMismatch="DENY"/>
      <PatternLayout pattern="READY kafka 127.0.0.1:${sys:earshot.port}%n"/>
    </Console>
  </Appenders>
  <Loggers>
    <Root level="WARN"><AppenderRef ref="log"/></Root>
    <Logger name="kafka.server.KafkaRaftServer" level="INFO"><AppenderRef ref="ready"/></Logger>
  </Loggers>
</Configuration>
XML
  touch "$home/.complete"
}

settings() {
  local port=$1 folder=$2
  cat <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((port + 1))
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
log.dirs=$folder/log
# One node cannot keep three copies, and few partitions are quick to make.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.num.partitions=4
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
# A broker that was killed comes back only when its old session has ended: 9 s by default.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
${KAFKA_PROPERTIES:-}
PROPERTIES
}

start() {
  local port=$1 folder=$2
  setup >&2
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  settings "$port" "$folder" > "$folder/server.properties"
  local java=(java -cp "$home/lib/*" -Dlog4j2.configurationFile="$home/log4j2.xml" -Dearshot.port="$port" -Xmx"${KAFKA_HEAP:-512m}")
  [[ ${KAFKA_FAST_START:-1} == 0 ]] || java+=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC)
  local user users=()
  for user in ${KAFKA_SCRAM:-}; do
    users+=(--add-scram "SCRAM-SHA-256=[name=${user%%:*},password=${user#*:}]" --add-scram "SCRAM-SHA-512=[name=${user%%:*},password=${user#*:}]")
  done
  [[ -f $folder/log/meta.properties ]] ||
    "${java[@]}" kafka.tools.StorageTool format --config "$folder/server.properties" --cluster-id ZWFyc2hvdC1vbmUtbm9kZQ "${users[@]}" >&2
  exec "${java[@]}" kafka.Kafka "$folder/server.properties"
}

consume() {
  setup >&2
  exec java -cp "$home/lib/*" -Dlog4j2.configurationFile="$home/log4j2.xml" -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    org.apache.kafka.tools.consumer.ConsoleConsumer "$@"
}

case ${1:-} in
  version) echo "Kafka $version" ;;
  setup) setup ;;
  start) [[ $# -eq 3 ]] || { echo "usage: kafka.sh start PORT FOLDER" >&2; exit 2; }; start "$2" "$3" ;;
  consume) shift; consume "$@" ;;
  *) echo "usage: kafka.sh version | setup | start PORT FOLDER | consume OPTION ..." >&2; exit 2 ;;
esac
