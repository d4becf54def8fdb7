import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Merchant } from '../../testing/merchant.js';
import { SandboxUnderTest } from '../../testing/sandbox-under-test.js';
import { WechatMerchantUnderTest } from './merchant.js';

/** A real sandbox that knows these merchants of WeChat Pay. */
export async function startWechatSandbox(
  merchants: readonly WechatMerchantUnderTest[],
  variables: NodeJS.ProcessEnv = {},
): Promise<SandboxUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-wechat-'));
  const alipay = new Merchant();
  await writeFile(join(directory, 'alipay.pem'), alipay.publicKeyPem);
  for (const merchant of merchants) {
    await writeFile(join(directory, `${merchant.mchid}.pem`), merchant.publicKeyPem);
    await writeFile(join(directory, `${merchant.mchid}.key`), `${merchant.apiV3Key}\n`);
  }
  const file = join(directory, 'merchants.json');
  const known = {
    alipay: [{ appId: alipay.appId, sellerId: alipay.sellerId, publicKeyFile: 'alipay.pem' }],
    wechat: merchants.map((merchant) => ({
      mchid: merchant.mchid,
      appids: [merchant.appid],
      serialNo: merchant.serialNo,
      publicKeyFile: `${merchant.mchid}.pem`,
      apiV3KeyFile: `${merchant.mchid}.key`,
    })),
  };
  await writeFile(file, JSON.stringify(known));
  const sandbox = await SandboxUnderTest.start(
    { SANDBOX_MERCHANTS_FILE: file, ...variables },
    alipay,
    directory,
  );
  for (const merchant of merchants) merchant.baseUrl = sandbox.url;
  return sandbox;
}

/** A file of WeChat Pay's keys, as the sandbox gives it to merchants. */
export function readKey(sandbox: SandboxUnderTest, name: string): Promise<string> {
  return readFile(join(sandbox.dataDir, 'keys', name), 'utf8');
}

export interface ReceivedWechatNotify {
  readonly at: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
  readonly body: {
    readonly id: string;
    readonly event_type: string;
    readonly resource: {
      readonly original_type: string;
      readonly nonce: string;
      readonly associated_data: string;
      readonly ciphertext: string;
    };
  };
}

/** The merchant's door for notifies of WeChat Pay; answers 204 unless told. */
export class WechatNotifyReceiver {
  readonly received: ReceivedWechatNotify[] = [];
  answer: (count: number) => number = () => 204;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const body = JSON.parse(text) as ReceivedWechatNotify['body'];
        this.received.push({ at: Date.now(), headers: headersOf(request.headers), text, body });
        response.writeHead(this.answer(this.received.length)).end();
      });
    });
  }

  static async listen(): Promise<WechatNotifyReceiver> {
    const receiver = new WechatNotifyReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/notify/wechat`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function headersOf(headers: IncomingHttpHeaders): { get(name: string): string | null } {
  return {
    get: (name) => {
      const value = headers[name];
      return typeof value === 'string' ? value : null;
    },
  };
}
