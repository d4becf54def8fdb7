import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { answerOf, api, type Schemas } from '../../api/client';
import { queryKeys } from '../../api/query-keys';

export type Channel = Schemas['Recharge']['channel'];
export type Method = Schemas['Recharge']['method'];
type PayMethods = Schemas['PayMethods'];

/** Where a telephone opens the channel's own app, a desktop goes to its page or shows a code. */
const BY_DEVICE: Readonly<Record<'handheld' | 'desktop', Readonly<Record<Channel, readonly Method[]>>>> = {
  handheld: { alipay: ['wap', 'qr'], wechat: ['h5', 'native'] },
  desktop: { alipay: ['page', 'qr'], wechat: ['native'] },
};

export function usePayMethods(): UseQueryResult<PayMethods> {
  return useQuery({
    queryKey: queryKeys.payMethods,
    queryFn: ({ signal }) => answerOf(api.GET('/v1/pay-methods', { signal })),
  });
}

/** The methods that make sense on this device and that the channel takes now; all of them until that is known. */
export function methodsOf(
  open: PayMethods | undefined,
  channel: Channel,
  isHandheld: boolean,
): readonly Method[] {
  const sensible = BY_DEVICE[isHandheld ? 'handheld' : 'desktop'][channel];
  if (open === undefined) return sensible;
  const taken = open.items.find((each) => each.channel === channel)?.methods ?? [];
  return sensible.filter((method) => taken.includes(method));
}
