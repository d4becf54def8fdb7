import { DomainError, type RequestOf, type ResponseOf, type RpcContract } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { patiently } from '../patience.js';

/** Shorter than anybody's patience: whoever was killed with the request in hand is asked again. */
const TIMEOUT_MS = 5_000;

/** Who speaks for owners and operators by the services' own messages, and asks again until there is an answer. */
export class PatientRpc {
  private constructor(private readonly client: RpcClient) {}

  static async connect(redis: string): Promise<PatientRpc> {
    const client = new RpcClient({ redis, timeoutMs: TIMEOUT_MS });
    await client.connect();
    return new PatientRpc(client);
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** @throws DomainError for a refusal in words. */
  call<C extends RpcContract>(contract: C, request: RequestOf<C>): Promise<ResponseOf<C>> {
    return patiently(contract.pattern, () => this.client.call(contract, request));
  }

  /** @returns the code where it was refused in words. */
  async ask<C extends RpcContract>(
    contract: C,
    request: RequestOf<C>,
  ): Promise<{ readonly answer: ResponseOf<C> } | { readonly refusal: DomainError['code'] }> {
    try {
      return { answer: await this.call(contract, request) };
    } catch (error) {
      if (DomainError.is(error)) return { refusal: error.code };
      throw error;
    }
  }
}
