import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Health, Metrics, type Log } from '#libs/service';
import { AlipayApplications } from './alipay/alipay-applications.js';
import { AlipayKeys } from './alipay/alipay-keys.js';
import { readMerchants } from './channel/merchants-file.js';
import type { SandboxConfig } from './config.js';
import { ProblemFilter } from './control/problem.filter.js';
import { validation } from './control/validation.js';
import { parseForm } from './http/form.js';
import { parseJsonBody } from './http/json-body.js';
import { PublicAddress } from './http/public-address.js';
import { Journal } from './journal/journal.js';
import { loadWechat } from './wechat/wechat-parts.js';
import { SandboxModule } from './sandbox.module.js';

const MAX_BODY_BYTES = 256 * 1024;
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** A sandbox that listens. */
export interface RunningSandbox {
  /** Where this machine reaches it. */
  readonly url: string;
  readonly health: Health;
  /** Ends in good order: answers what has begun, waits a little for notifies on their way, writes the journal. */
  close(): Promise<void>;
}

/**
 * Puts the sandbox together and listens.
 *
 * @throws BadConfigurationError for keys that can't be used; any other error says what keeps it from starting.
 */
export async function startSandbox(config: SandboxConfig, log: Log): Promise<RunningSandbox> {
  const health = new Health();
  const merchants = await readMerchants(config.merchantsFile);
  const keyDirectory = join(config.dataDir, 'keys');
  const alipayKeys = await AlipayKeys.load(keyDirectory);
  const applications = await AlipayApplications.load(merchants.alipay, alipayKeys.authority, keyDirectory);
  const journal = await Journal.open(join(config.dataDir, 'journal.jsonl'));
  health.register('journal', () => journal.check());
  const wechat = await loadWechat(config.dataDir, merchants.wechat);
  const metrics = new Metrics('sandbox', config.replica);
  const app = await NestFactory.create<NestFastifyApplication>(
    SandboxModule.forRoot({ config, log, health, metrics, journal, alipayKeys, applications, wechat }),
    new FastifyAdapter({ bodyLimit: MAX_BODY_BYTES }),
    { logger: log.forNest(), abortOnError: false, rawBody: true },
  );
  // Fields keep the order and the form in which they came: the signature is computed over them.
  app.useBodyParser(FORM, { bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => {
    done(null, parseForm(body.toString('utf8')));
  });
  app.useBodyParser(JSON_TYPE, { bodyLimit: MAX_BODY_BYTES }, (request, body, done) => {
    try {
      done(null, parseJsonBody(request.url ?? '', body));
    } catch (error) {
      done(error as Error);
    }
  });
  app.useGlobalPipes(validation);
  app.useGlobalFilters(new ProblemFilter(log));
  await app.listen(config.port, config.host);
  const { port } = new URL(await app.getUrl());
  app.get(PublicAddress).url = config.publicUrl ?? `http://localhost:${port}`;
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    health,
    close: async () => {
      await app.close();
      await journal.close();
    },
  };
}
