import { parseArgs } from 'node:util';
import { createConnection } from 'mysql2/promise';
import { z } from 'zod';
import { fill } from './fill.js';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    schema: { type: 'string', default: 'clearbid_fill_payment' },
    orders: { type: 'string', default: '1000000' },
    merchants: { type: 'string', default: '20000' },
    days: { type: 'string', default: '90' },
  },
});
const options = z
  .object({
    url: z.url(),
    schema: z.string().regex(/^\w+$/),
    orders: z.coerce.number().int().min(1).max(100_000_000),
    merchants: z.coerce.number().int().min(100),
    days: z.coerce.number().int().min(1),
  })
  .parse({ ...values, url: values.url ?? process.env['MYSQL_URL'] });

const connection = await createConnection({ uri: options.url, database: options.schema });
const [rows] = await connection.query('SELECT 1 FROM `orders_0` LIMIT 1');
await connection.end();
if ((rows as unknown[]).length > 0) {
  process.stderr.write(
    `${options.schema} has orders already: only an empty schema is filled. Drop it, or name another with --schema.\n`,
  );
  process.exit(1);
}
const isTerminal = process.stderr.isTTY;
const figures = await fill({
  ...options,
  onProgress: (orders) => {
    if (isTerminal) process.stderr.write(`\r${orders.toLocaleString('en')} orders`);
  },
});
if (isTerminal) process.stderr.write('\r');
process.stdout.write(
  `${figures.orders.toLocaleString('en')} orders (${figures.rows.toLocaleString('en')} rows) in ${options.schema} in ${figures.seconds.toFixed(1)} s: ${Math.round(figures.ordersPerSecond).toLocaleString('en')} orders/s\n` +
    'Orders, details, attempts and refunds are filled; stories and the ledger are not, so an audit of this schema has nothing to compare with.\n',
);
