import { KeyRotation } from './key-rotation.js';
import { PayoutAccountRepository } from './payout-account.repository.js';
import { PayoutAccountsController } from './payout-accounts.controller.js';
import { PayoutAccountsService } from './payout-accounts.service.js';

/** Where owners are paid. */
export const PAYOUT_ACCOUNT_CONTROLLERS = [PayoutAccountsController];

export const PAYOUT_ACCOUNT_PROVIDERS = [PayoutAccountRepository, PayoutAccountsService, KeyRotation];
