// @ts-check
// A process for the supervisor's specs: it behaves as its first argument says.

const [behaviour] = process.argv.slice(2);

if (behaviour === 'bad-configuration') {
  console.error('PORT: must be a number');
  process.exit(78);
}
if (behaviour === 'crash-early') {
  console.error('no database');
  process.exit(1);
}
console.log(JSON.stringify({ level: 'info', time: Date.now(), msg: 'listening', port: 1234 }));
if (behaviour === 'deaf') process.on('SIGTERM', () => console.log('not me'));
else process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
if (behaviour !== 'never-ready')
  process.send?.({ type: 'ready', url: `http://127.0.0.1:1234/${process.pid}` });
setInterval(() => {}, 1_000);
