import { identity, type RequestOf, type ResponseOf } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { Controller } from '@nestjs/common';
import { SignInService } from './sign-in.service.js';

@Controller()
export class SignInController {
  constructor(private readonly signIns: SignInService) {}

  @Rpc(identity.signIn)
  signIn(request: RequestOf<typeof identity.signIn>): Promise<ResponseOf<typeof identity.signIn>> {
    return this.signIns.signIn(request);
  }
}
