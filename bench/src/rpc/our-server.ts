import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { wallet } from '#libs/contracts';
import { RedisStreamsServer, Rpc } from '#libs/transport';
import { answer } from './wallet-answer.js';

@Controller()
class Wallet {
  @Rpc(wallet.getWallet) async getWallet() {
    return answer;
  }
}

@Module({ controllers: [Wallet] })
class BenchModule {}

const strategy = new RedisStreamsServer({
  service: 'wallet',
  replica: 'bench',
  redis: process.argv[2] ?? '',
  contracts: [wallet.getWallet],
});
const app = await NestFactory.createMicroservice(BenchModule, { strategy, logger: ['error'] });
await app.listen();
process.send?.('ready');
process.once('disconnect', () => process.exit());
