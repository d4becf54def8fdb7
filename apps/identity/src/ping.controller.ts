import { identity } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { Controller } from '@nestjs/common';

@Controller()
export class PingController {
  /** That the message came here and the answer goes back is all that whoever asks wants to know. */
  @Rpc(identity.ping)
  async ping(): Promise<Record<string, never>> {
    return {};
  }
}
