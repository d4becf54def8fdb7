// @ts-check
// A launcher for the specs: supervises one process that refuses to go, says its pid, and then ends as it is told.
import { fileURLToPath } from 'node:url';
import { endOnSignals } from '../signals.mjs';
import { Supervisor } from '../supervisor.mjs';

const [ending, samePressMs] = process.argv.slice(2);
const supervisor = new Supervisor({ onLine: (_, line) => console.log(line) });
const entry = fileURLToPath(new URL('life.mjs', import.meta.url));
const child = supervisor.spawn({ name: 'deaf-1', entry, args: ['deaf'], env: process.env });
endOnSignals(() => supervisor.stopAll(), { samePressMs: Number(samePressMs) });
await child.ready;
console.log(`child ${child.pid}`);
if (ending === 'throw') throw new Error('the launcher has a bug');
