import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually, type Page, type RechargeView } from '#libs/testing';
import { NotifyWriter } from '../support/hand-made-notify.js';
import { OpenPage } from '../support/open-page.js';
import { BY_ALIPAY, BY_WECHAT, type WaysWorld } from './ways-world.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
/** As promised to the buyer. */
const ANSWERED_WITHIN_MS = 3_000;
const CODE_IN_TIME_MS = 20_000;

/** What operators and engineers change while everybody pays. */
export function configuredStories(world: WaysWorld): void {
  describe('a channel whose accounts an operator switches off', () => {
    it('takes no new payment on any replica, but its open ones are paid and given back as ever', async () => {
      const merchant = await world.api.registerMerchant();
      const open = await merchant.recharge({ amount: '10.00', ...BY_WECHAT });
      const { items: accounts } = await world.operator.call<Page<{ id: string; channel: string }>>(
        'GET',
        '/v1/admin/channel-accounts',
      );
      const set = async (enabled: boolean) => {
        for (const { id, channel } of accounts) {
          if (channel !== 'wechat') continue;
          await world.operator.call('PATCH', `/v1/admin/channel-accounts/${id}`, { body: { enabled } });
        }
      };
      const outcomes = () =>
        Promise.all(
          Array.from({ length: 6 }, () =>
            merchant.recharge({ amount: '10.00', ...BY_WECHAT }).then(
              () => 'made',
              (refusal: unknown) => (refusal as { code: string }).code,
            ),
          ),
        );

      await set(false);

      await eventually(
        'every replica refuses',
        async () => (await outcomes()).every((outcome) => outcome === 'CHANNEL_UNAVAILABLE'),
        { withinMs: 30_000 },
      );
      const { items } = await merchant.call<Page<{ channel: string }>>('GET', '/v1/pay-methods');
      expect(items.map(({ channel }) => channel)).toEqual(['alipay']);
      await world.pay(open);
      await merchant.until(open.id, 'CREDITED');
      await world.untilRefund(merchant, await world.refund(merchant, open.id, '10.00'), 'SUCCEEDED');

      await set(true);
      await eventually(
        'every replica takes payments',
        async () => (await outcomes()).every((outcome) => outcome === 'made'),
        { withinMs: 30_000 },
      );
    });
  });

  describe("the channel's key is changed in the accounts file, without a restart", () => {
    it('and what it signed with the old one is believed for as long as that is listed, too', async () => {
      const writer = NotifyWriter.of(world.stack);
      const renewed = generateKeyPairSync('rsa', { modulusLength: 2_048 });
      const file = join(world.stack.dataDir, 'alipay-renewed-public-key.pem');
      writeFileSync(file, renewed.publicKey.export({ type: 'spki', format: 'pem' }));
      const merchant = await world.api.registerMerchant();
      const before = world.stack.services.payment.map(({ pid }) => pid);
      const answerTo = async (recharge: RechargeView, key = writer.alipayKey) => {
        const form = writer.signed(writer.fieldsOf(recharge), { key });
        const { text } = await world.stack.api().send<string>('POST', '/v1/notify/alipay', {
          body: form.toString(),
          headers: FORM,
        });
        return text;
      };
      // The other account is in certificate mode, and none of this is about it.
      const { appId } = writer.applicationOf(null);
      const rechargeThere = () =>
        eventually('an order goes to this account', async () => {
          const recharge = await merchant.recharge();
          return writer.applicationOf(recharge.payUrl).appId === appId && recharge;
        });
      const [one, other] = [await rechargeThere(), await rechargeThere()];
      expect(await answerTo(other, renewed.privateKey)).not.toBe('success');

      world.configure('alipay-main', (settings) => ({
        ...settings,
        alipayPublicKeyFiles: [file, ...(settings['alipayPublicKeyFiles'] as string[])],
      }));

      await eventually(
        'the new key is believed',
        async () => (await answerTo(other, renewed.privateKey)) === 'success',
        {
          withinMs: 20_000,
        },
      );
      expect(await answerTo(one)).toBe('success');
      await merchant.untilBalance('100.00');

      world.configure('alipay-main', (settings) => ({
        ...settings,
        alipayPublicKeyFiles: (settings['alipayPublicKeyFiles'] as string[]).slice(1),
      }));
      const third = await rechargeThere();
      await eventually(
        'the new key is believed no more',
        async () => (await answerTo(third, renewed.privateKey)) !== 'success',
        { withinMs: 20_000 },
      );
      expect(world.stack.services.payment.map(({ pid }) => pid)).toEqual(before);
    });
  });

  describe('WeChat Pay gets one more platform certificate', () => {
    const control = (what: string, body?: object) =>
      fetch(`${world.stack.urls.sandbox}/control/wechat/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });

    it('and what it signs with either is delivered once the file names both; nothing of it is lost', async () => {
      const merchant = await world.api.registerMerchant();
      const recharges = [
        await merchant.recharge({ amount: '10.00', ...BY_WECHAT }),
        await merchant.recharge({ amount: '10.00', ...BY_WECHAT }),
      ];
      await control('rotate');
      await control('signing', { notifies: 'certificate' });
      const notifiesOf = async () =>
        (
          await Promise.all(recharges.map(({ outTradeNo }) => world.stack.sandboxClient.trade(outTradeNo)))
        ).flatMap(({ notifies }) => notifies);

      for (const recharge of recharges) await world.pay(recharge);
      await eventually('what the new one signed is refused', async () =>
        (await notifiesOf()).some(({ deliveries }) => deliveries.some(({ status }) => (status ?? 0) >= 400)),
      );
      const renewed = join(world.stack.dataDir, 'sandbox', 'keys', 'wechatpay-platform-cert-2.pem');
      world.configure('wechat', (settings) => ({
        ...settings,
        platformCertificateFiles: [...(settings['platformCertificateFiles'] as string[]), renewed],
      }));

      await eventually(
        'every notify is delivered',
        async () => {
          const notifies = await notifiesOf();
          return notifies.length === 2 && notifies.every(({ state }) => state === 'DELIVERED');
        },
        { withinMs: 30_000 },
      );
      await merchant.untilBalance('20.00');
      await control('signing', { notifies: 'follow' });
    });
  });

  describe('a channel that is silent', () => {
    it.each([BY_ALIPAY, BY_WECHAT])(
      'by $channel: the buyer hears "later" within 3 s, and is told when the code is there',
      async (way) => {
        const merchant = await world.api.registerMerchant();
        const page = await OpenPage.at(world.stack.urls.gateway, merchant.token);
        await world.stack.sandboxClient.trouble(`silence of ${way.channel}`, { timeoutAfterWork: 1 });
        const askedAt = performance.now();

        const { status, body } = await merchant.send<RechargeView>('POST', '/v1/recharges', {
          body: { amount: '50.00', ...way },
        });
        const tookMs = performance.now() - askedAt;
        await world.stack.sandboxClient.peace();

        expect({ status, state: body.state, codeUrl: body.codeUrl }).toEqual({
          status: 202,
          state: 'CREATED',
          codeUrl: null,
        });
        expect(tookMs).toBeLessThan(ANSWERED_WITHIN_MS);
        await eventually(
          'the page is told',
          () => page.rechargeChanges.some(({ id, state }) => id === body.id && state === 'PAYING'),
          { withinMs: CODE_IN_TIME_MS },
        );
        page.close();
        const recharge = await merchant.get(body.id);
        expect(recharge.codeUrl).toMatch(/^(http|weixin)/);
        await world.pay(recharge);
        await merchant.until(recharge.id, 'CREDITED');
      },
    );
  });
}
