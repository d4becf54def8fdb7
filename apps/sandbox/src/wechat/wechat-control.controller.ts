import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { z } from 'zod';
import { NOTIFY_SIGNING, NotifySigning } from './notify-signing.js';
import { WechatKeys } from './wechat-keys.js';

const signingSchema = z.strictObject({ notifies: z.enum(NOTIFY_SIGNING) });

/** WeChat Pay's keys, for tests and demos. */
@Controller('control/wechat')
export class WechatControlController {
  constructor(
    private readonly keys: WechatKeys,
    private readonly signing: NotifySigning,
  ) {}

  @Get('keys')
  show() {
    return {
      publicKeyId: this.keys.publicKeySigner.serial,
      certificates: this.keys.certificates.map(({ serialNo, validFrom, validTo }) => ({
        serialNo,
        validFrom: new Date(validFrom).toISOString(),
        validTo: new Date(validTo).toISOString(),
      })),
      notifies: this.signing.mode,
    };
  }

  /** One more platform certificate; the ones before it stay good, and notifies are signed with each in turn. */
  @Post('rotate')
  @HttpCode(200)
  async rotate() {
    await this.keys.rotate();
    return this.show();
  }

  /** Which kind of key signs notifies. */
  @Post('signing')
  @HttpCode(200)
  sign(@Body({ schema: signingSchema }) body: z.output<typeof signingSchema>) {
    this.signing.mode = body.notifies;
    return this.show();
  }
}
