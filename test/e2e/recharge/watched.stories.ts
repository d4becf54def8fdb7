import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventually, type RechargeView } from '#libs/testing';
import type { RechargeWorld } from './recharge-world.js';

/** What an operator can see of it. */
export function watchedStories(world: RechargeWorld): void {
  describe('as an operator watches it', () => {
    it('every service answers: ready', async () => {
      for (const replica of [0, 1]) {
        const { status, body } = await world.api
          .at(replica)
          .send<{ ready: boolean; checks: { name: string; ok: boolean }[] }>('GET', '/health/ready');
        expect(status).toBe(200);
        expect(body.ready).toBe(true);
        expect(body.checks.map(({ name }) => name).sort()).toEqual([
          'identity',
          'payment',
          'redis',
          'wallet',
          'withdrawal',
        ]);
      }
    });

    it('metrics count requests by route, and never by id', async () => {
      const merchant = await world.api.registerMerchant();
      const { id } = await merchant.recharge();
      await merchant.at(0).get(id);

      const { text, contentType } = await world.api.at(0).send('GET', '/metrics');

      expect(contentType).toMatch(/^text\/plain/);
      expect(text).toMatch(
        /clearbid_http_request_seconds_count\{[^}]*route="\/v1\/recharges\/:id"[^}]*status="200"[^}]*\} [1-9]/,
      );
      expect(text).not.toContain(id);
    });

    it("one recharge can be followed by its requests' ids through the logs of all services", async () => {
      const merchant = await world.api.registerMerchant();
      const requestId = `followed-${randomBytes(6).toString('hex')}`;
      const { body: recharge } = await merchant.send<RechargeView>('POST', '/v1/recharges', {
        headers: { 'x-request-id': requestId },
        body: { amount: '4.00', channel: 'alipay', method: 'page' },
      });
      await world.stack.sandboxClient.pay(recharge);
      await merchant.until(recharge.id, 'CREDITED');
      const linesOf = (service: string, id: unknown) =>
        world.stack.logs.of(service).filter(({ fields }) => fields['requestId'] === id);

      await eventually('the order is in the logs of gateway and payment', () =>
        ['gateway', 'payment'].every((service) => linesOf(service, requestId).length > 0),
      );
      const paid = world.stack.logs
        .of('payment')
        .find(({ fields }) => fields['orderId'] === recharge.id && fields['msg'] === 'order is paid');
      const notifyId = paid?.fields['requestId'];
      expect(notifyId).toEqual(expect.any(String));
      await eventually('the payment is in the logs of gateway, payment and wallet', () =>
        ['gateway', 'payment', 'wallet'].every((service) => linesOf(service, notifyId).length > 0),
      );
      const credited = linesOf('payment', notifyId).filter(
        ({ fields }) => fields['msg'] === 'order is credited',
      );
      expect(credited.map(({ fields }) => fields['orderId'])).toEqual([recharge.id]);
    });

    it('no process has complained about anything', () => {
      expect(world.stack.logs.errors()).toEqual([]);
    });
  });
}
