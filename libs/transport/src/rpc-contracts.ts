import type { RpcContract } from '#libs/contracts';

/** All requests among a service's messages: `rpcContractsIn(wallet)` is what the wallet has to answer. */
export function rpcContractsIn(messages: object): readonly RpcContract[] {
  return Object.values(messages).filter(isRpcContract);
}

function isRpcContract(value: unknown): value is RpcContract {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'rpc' &&
    'pattern' in value
  );
}
