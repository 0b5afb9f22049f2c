import { Command, InvalidArgumentError, Option } from 'commander'
import { LOG_LEVELS } from '#infra/runtime/log-level.ts'
import { runCommand } from './run-command.ts'
import { version } from './version.ts'

// Every command and option stands here; their work is imported only when one is run, so that help answers at once.

const number = (least: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) throw new InvalidArgumentError(`expected a whole number from ${least}`)
  return value
}
const list = (text: string) => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  if (parts.length === 0) throw new InvalidArgumentError('expected one name or more, separated by commas')
  return parts
}

const program = new Command('earshot')
  .description(
    'Social listening that its users own: mentions of your brands, scored with reasons, searched, alerted on, archived.',
  )
  .version(version(), '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print this help, or that of a command')
  .configureHelp({ sortSubcommands: false })
  .showHelpAfterError('Run "earshot --help", or "earshot COMMAND --help", for what is possible.')
  .addHelpText(
    'after',
    `
Start here:
  earshot run                        the demo: thirty lifelike days of three brands, then live
  earshot init "My Brand"            write earshot.yaml for your own brand; then: earshot check, earshot run
  earshot search 'acme NOT jobs'     what people say; with highlighted matches and reasons
  earshot report                     volume and mood over time`,
  )

const dataOption = () =>
  new Option('--data <dir>', 'data directory (default: .earshot, or .earshot-demo while there is no configuration)')
const configOption = () => new Option('-c, --config <file>', 'configuration').default('earshot.yaml')
const jsonOption = () => new Option('--json', 'print JSON for machines')
const logOption = () => new Option('--log-level <level>', 'how much to log to stderr').choices(LOG_LEVELS)
const indexOption = () => new Option('--index <name>', 'in an index beside the live one, made by "replay --into"')
const zoneOption = () => new Option('--time-zone <zone>', 'time zone for days and times, for example Europe/Berlin')
const sinceOption = () => new Option('--since <time>', 'from this time on: 2026-11-01, 2026-11-01T12:00, 36h, 7d')
const untilOption = () => new Option('--until <time>', 'before this time')
const collect = (text: string, before: readonly string[] = []) => [...before, text]
const brandOption = () => new Option('--brand <id>', 'only this brand')
/** Which mentions, of which index, and how they are shown. */
const selectionOptions = [
  indexOption,
  brandOption,
  sinceOption,
  untilOption,
  zoneOption,
  dataOption,
  configOption,
  jsonOption,
]
const selecting = (command: Command): Command =>
  selectionOptions.reduce((chosen, option) => chosen.addOption(option()), command)

program
  .command('run')
  .description('run the pipeline; without a configuration, the demo')
  .addOption(configOption())
  .addOption(dataOption())
  .option('--until-idle', 'stop once everything there is now has been read and indexed')
  .addOption(new Option('--only <stages>', 'only these stages: ingest, enrich, index, alerts, archive').argParser(list))
  .addOption(new Option('--health-port <port>', 'serve /health and /metrics on this port').argParser(number(1)))
  .addOption(new Option('--health-host <address>', 'and on this address of the machine').default('127.0.0.1'))
  .addOption(logOption())
  .addOption(jsonOption())
  .addHelpText(
    'after',
    `
With --until-idle a file is read to its end, a feed or search once, a stream until it has caught up with now (what it tells is
seconds old, or it has been silent for half a minute); then what was read is indexed and archived, and the exit code is 0.`,
  )
  .action((options) => runCommand(async (io) => (await import('./commands/run.ts')).run(options, io)))

program
  .command('demo')
  .description('run the demo, whatever configuration there is')
  .addOption(new Option('--data <dir>', 'data directory').default('.earshot-demo'))
  .option('--until-idle', 'stop once the thirty days are indexed')
  .addOption(new Option('--seed <number>', 'another seed, other mentions').argParser(number(0)).default(1))
  .addOption(new Option('--health-port <port>', 'serve /health and /metrics on this port').argParser(number(1)))
  .addOption(new Option('--health-host <address>', 'and on this address of the machine').default('127.0.0.1'))
  .addOption(logOption())
  .addOption(jsonOption())
  .action((options) => runCommand(async (io) => (await import('./commands/demo.ts')).demo(options, io)))

program
  .command('init')
  .description('write a first configuration for a brand')
  .argument('<name>', 'name of the brand, for example "Blue Bottle"')
  .addOption(configOption())
  .option('--force', 'replace the file if there is one')
  .action((name, options) =>
    runCommand(async (io) => (await import('./commands/init.ts')).init({ name, ...options }, io)),
  )

program
  .command('check')
  .description('check the configuration and the examples of each brand')
  .addOption(configOption())
  .option('--online', 'also ask every source')
  .addOption(jsonOption())
  .action((options) => runCommand(async (io) => (await import('./commands/check.ts')).check(options, io)))

program
  .command('setup')
  .description('make the data directory, topics and index; may be run again')
  .addOption(configOption())
  .addOption(dataOption())
  .addOption(jsonOption())
  .action((options) => runCommand(async (io) => (await import('./commands/setup.ts')).setup(options, io)))

selecting(program.command('search'))
  .description('find mentions, newest first')
  .argument('[query]', 'in the query language, for example: (acme OR #acme) NOT jobs', '')
  .addOption(new Option('--sort <order>', 'order').choices(['newest', 'oldest']).default('newest'))
  .addOption(new Option('--limit <n>', 'mentions a page').argParser(number(1)).default(20))
  .addOption(new Option('--after <cursor>', 'the page after; printed at the end of a page'))
  .action((query, options) =>
    runCommand(async (io) => (await import('./commands/search.ts')).search({ query, ...options }, io)),
  )

selecting(program.command('report'))
  .description('draw volume, mood, sources, words, authors and entities')
  .argument('[query]', 'only mentions that match', '')
  .action((query, options) =>
    runCommand(async (io) => (await import('./commands/report.ts')).report({ query, ...options }, io)),
  )

program
  .command('replay')
  .description("run archived mentions through today's models, into the live index or beside it")
  .addOption(configOption())
  .addOption(dataOption())
  .addOption(new Option('--from <time>', 'observed from this time on'))
  .addOption(new Option('--to <time>', 'and before this time'))
  .addOption(brandOption())
  .addOption(new Option('--source <connector>', 'only what this connector read; may be repeated').argParser(collect))
  .addOption(
    new Option('--topic <topic>', 'raw: score anew; enriched: as they were scored then')
      .choices(['raw', 'enriched'])
      .default('raw'),
  )
  .addOption(new Option('--into <name>', 'into an index of this name, beside the live one'))
  .addOption(new Option('--drop <name>', 'remove that index').conflicts(['from', 'to', 'into']))
  .addOption(new Option('--rate <n>', 'at most so many mentions a second').argParser(number(1)))
  .addOption(logOption())
  .addOption(jsonOption())
  .action((options) => runCommand(async (io) => (await import('./commands/replay.ts')).replay(options, io)))

program
  .command('diff')
  .description('how the scores in an index beside the live one differ from the live ones')
  .argument('[name]', 'as given to "replay --into"; without it, lists the indices')
  .addOption(configOption())
  .addOption(dataOption())
  .addOption(new Option('--examples <n>', 'mentions with another label to show').argParser(number(0)).default(10))
  .addOption(jsonOption())
  .action((name, options) =>
    runCommand(async (io) => (await import('./commands/diff.ts')).diff({ name, ...options }, io)),
  )

const deadLetters = program.command('dead-letters').description('what could not be handled, with its bytes')
deadLetters
  .command('list', { isDefault: true })
  .description('list them, newest last')
  .addOption(configOption())
  .addOption(dataOption())
  .addOption(new Option('--limit <n>', 'how many at most').argParser(number(1)).default(50))
  .addOption(jsonOption())
  .action((options) =>
    runCommand(async (io) => (await import('./commands/dead-letters.ts')).listDeadLetters(options, io)),
  )
deadLetters
  .command('show')
  .description('show one with its original bytes')
  .argument('<id>', 'as listed')
  .addOption(configOption())
  .addOption(dataOption())
  .option('--bytes', 'print only the bytes, as they are')
  .addOption(jsonOption())
  .action((id, options) =>
    runCommand(async (io) => (await import('./commands/dead-letters.ts')).showDeadLetter({ id, ...options }, io)),
  )
deadLetters
  .command('retry')
  .description('put them back where they failed; "earshot run" then handles them')
  .argument('[ids...]', 'as listed')
  .option('--all', 'all of them')
  .addOption(configOption())
  .addOption(dataOption())
  .addOption(jsonOption())
  .action((ids, options) =>
    runCommand(async (io) => (await import('./commands/dead-letters.ts')).retryDeadLetters({ ids, ...options }, io)),
  )

program
  .command('status')
  .description('lag, health, sources, books and disk')
  .addOption(configOption())
  .addOption(dataOption())
  .addOption(zoneOption())
  .addOption(jsonOption())
  .action((options) => runCommand(async (io) => (await import('./commands/status.ts')).status(options, io)))

program
  .command('score')
  .description('score mentions: NDJSON in, NDJSON out')
  .addOption(new Option('--only <heads>', 'only these scores, for example language,sentiment').argParser(list))
  .option('--explain', 'add what moved each score')
  .addOption(new Option('--profiles <file>', 'brand profiles, NDJSON'))
  .action((options) => runCommand(async (io) => (await import('./commands/score.ts')).score(options, io)))

const query = program.command('query').description('try the query language')
query
  .command('match')
  .description('which queries match each post: NDJSON in, NDJSON out')
  .requiredOption('--queries <file>', 'NDJSON {id, brand, query}')
  .action((options) => runCommand(async (io) => (await import('./commands/query-match.ts')).queryMatch(options, io)))
query
  .command('check')
  .description('errors and warnings of a query, with their place')
  .argument('<query>')
  .option('--profile', 'as the query of a brand profile, which may ask only for what a new mention holds')
  .addOption(jsonOption())
  .action((text, options) =>
    runCommand(async (io) => (await import('./commands/query-check.ts')).queryCheck({ query: text, ...options }, io)),
  )
query
  .command('explain')
  .description('why a query matches a text or a mention, or which part of it does not')
  .argument('<query>')
  .argument('[text]')
  .option('--id <id>', 'of a mention in the index, instead of a text')
  .addOption(dataOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((text, post, options) =>
    runCommand(async (io) =>
      (await import('./commands/query-explain.ts')).queryExplain({ query: text, text: post, ...options }, io),
    ),
  )
selecting(query.command('preview'))
  .description('what a query finds in the index, by which part, what NOT removes, and telling words')
  .argument('<query>')
  .addOption(new Option('--limit <n>', 'mentions in the sample').argParser(number(1)).default(5))
  .action((text, options) =>
    runCommand(async (io) =>
      (await import('./commands/query-preview.ts')).queryPreview({ query: text, ...options }, io),
    ),
  )
query
  .command('test')
  .description('run the examples of each brand, and tell why one fails')
  .addOption(brandOption())
  .addOption(configOption())
  .addOption(jsonOption())
  .action((options) => runCommand(async (io) => (await import('./commands/query-test.ts')).queryTest(options, io)))

const models = program.command('models').description('models, lists and brand profiles that make the scores')
models
  .command('list', { isDefault: true })
  .description('models and lists of this version: data, licence')
  .addOption(jsonOption())
  .action((options) => runCommand(async (io) => (await import('./commands/models.ts')).models(options, io)))
models
  .command('activate')
  .description('score with the models of this version and the brands of the configuration from now on')
  .addOption(configOption())
  .addOption(dataOption())
  .addOption(jsonOption())
  .action((options) =>
    runCommand(async (io) => (await import('./commands/models-activate.ts')).modelsActivate(options, io)),
  )

const nested = [deadLetters, query, models].flatMap(({ commands }) => commands)
for (const command of [program, ...program.commands, ...nested]) {
  command.exitOverride()
}
try {
  await program.parseAsync()
} catch (error) {
  // Commander has printed what was wrong; help and version end well.
  const { exitCode } = error as { readonly exitCode?: number }
  if (exitCode === undefined) throw error
  process.exitCode = exitCode === 0 ? 0 : 2
}
