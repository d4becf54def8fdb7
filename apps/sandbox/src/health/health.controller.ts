import { Controller, Get, Res } from '@nestjs/common';
import type { HttpReply } from '../http/http-reply.js';
import { Health } from '#libs/service';

@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  live() {
    return { live: true };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: HttpReply) {
    const state = await this.health.ready();
    reply.status(state.ready ? 200 : 503);
    return state;
  }
}
