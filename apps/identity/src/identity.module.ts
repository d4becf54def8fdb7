import { SessionStore } from '#libs/sessions';
import { type DynamicModule, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { AccountsController } from './accounts/accounts.controller.js';
import { AccountsRepository } from './accounts/accounts.repository.js';
import { AccountsService } from './accounts/accounts.service.js';
import { RegistrationService } from './accounts/registration.service.js';
import { Clock } from './clock.js';
import type { IdentityEnvironment } from './identity.config.js';
import { IdsModule } from './ids/ids.module.js';
import { PingController } from './ping.controller.js';
import { RetentionService } from './retention/retention.service.js';
import { RolesRepository } from './roles/roles.repository.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { PasswordHasher } from './sign-in/password-hasher.js';
import { PasswordProof } from './sign-in/password-proof.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInFailuresRepository } from './sign-in/sign-in-failures.repository.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { SignInTurns } from './sign-in/sign-in-turns.js';
import { StepUpController } from './step-up/step-up.controller.js';
import { StepUpService } from './step-up/step-up.service.js';
import { AccessTokenSigner } from './tokens/access-token-signer.js';
import { RefreshRotationService } from './tokens/refresh-rotation.service.js';
import { RefreshTokenSuccession } from './tokens/refresh-token.js';
import { RefreshTokensRepository } from './tokens/refresh-tokens.repository.js';
import { StepUpTokenSigner } from './tokens/step-up-token-signer.js';

type Settings = Pick<
  IdentityEnvironment,
  'SESSION_PRIVATE_KEY_FILE' | 'ACCESS_TOKEN_LIFE_SECONDS' | 'STEP_UP_SECONDS' | 'PASSWORD_HASH_CONCURRENCY'
>;

/** Waiting sign-ins and registrations; the transport hands out fewer at once, so this is a last resort. */
const HASH_QUEUE_LIMIT = 200;

/** Accounts, sign-in, sessions, roles. Expects `ServiceModule` and `DatabaseModule` beside it. */
@Module({})
export class IdentityModule {
  static forRoot(settings: Settings): DynamicModule {
    const privateKey = settings.SESSION_PRIVATE_KEY_FILE;
    const hashing = { concurrency: settings.PASSWORD_HASH_CONCURRENCY, queueLimit: HASH_QUEUE_LIMIT };
    return {
      module: IdentityModule,
      imports: [IdsModule],
      controllers: [
        AccountsController,
        PingController,
        SessionsController,
        SignInController,
        StepUpController,
      ],
      providers: [
        { provide: SessionStore, inject: [Redis], useFactory: (redis: Redis) => new SessionStore(redis) },
        {
          provide: AccessTokenSigner,
          useFactory: () => new AccessTokenSigner(privateKey, settings.ACCESS_TOKEN_LIFE_SECONDS * 1000),
        },
        {
          provide: StepUpTokenSigner,
          useFactory: () => new StepUpTokenSigner(privateKey, settings.STEP_UP_SECONDS * 1000),
        },
        { provide: RefreshTokenSuccession, useFactory: () => new RefreshTokenSuccession(privateKey) },
        {
          provide: PasswordHasher,
          useFactory: async () => {
            const hasher = new PasswordHasher(hashing);
            await hasher.warmUp();
            return hasher;
          },
        },
        { provide: SignInTurns, useFactory: () => new SignInTurns(hashing) },
        AccountsRepository,
        AccountsService,
        Clock,
        PasswordProof,
        RefreshRotationService,
        RefreshTokensRepository,
        RegistrationService,
        RetentionService,
        RolesRepository,
        SessionsRepository,
        SessionsService,
        SignInFailuresRepository,
        SignInService,
        StepUpService,
      ],
    };
  }
}
